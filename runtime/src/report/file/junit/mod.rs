//! JUnit XML for CI systems: a suite for each feature file, a case for each scenario.
//!
//! No standard defines the format. This is the part that the schemas of Maven Surefire and of the xUnit
//! plugin of Jenkins allow, with these decisions:
//!
//! - A flaky scenario is a passed case with `flakyFailure` elements. The earlier attempts at a failed
//!   scenario are `rerunFailure` elements. Their text is in `stackTrace`, the only place that Jenkins
//!   reads.
//! - Times have three decimals, and `testsuites` has no `skipped` and no `timestamp`, since the strict
//!   schemas refuse more; the suites have both.
//! - `file` and `line` are attributes of a case, where GitLab, CircleCI and the annotators of GitHub read
//!   them, and of nothing else.
//! - Tags are properties of a case. Attachments that are not text are files next to the report.

mod attachment_dir;
mod case;
mod report;

pub use report::Junit;

use std::time::Duration;

fn format_seconds(duration: Duration) -> String {
    format!("{:.3}", duration.as_secs_f64())
}
