//! Options for when and how often scenarios run.

use std::time::Duration;

use super::value_parsers::{flaky_result, parallel, parse_delay, parse_retries, parse_tag};
use crate::report::FlakyResult;
use crate::schedule::{Parallel, RetryOptions, SERIAL_TAG, ScheduleOptions};
use crate::tag_expression::TagExpression;

/// The schedule of a run.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Execution")]
pub(in crate::cli) struct ScheduleSettings {
    /// Run in parallel: all scenarios, or features, each with its scenarios in order
    #[arg(long, value_name = "UNIT", default_value = "scenarios", value_parser = parallel())]
    parallel: Parallel,
    #[command(flatten)]
    exclusion: ExclusionSettings,
    /// Retry failed scenarios up to N times; @retry(3).after(1s) is stronger
    #[arg(long, value_name = "N", default_value = "0", value_parser = parse_retries)]
    retry: u32,
    /// Wait between two attempts, e.g. 500ms or 1s
    #[arg(long, alias = "retry-after", value_name = "TIME", default_value = "0", value_parser = parse_delay)]
    retry_delay: Duration,
    /// Retry only scenarios matching a tag expression; at least once, also without --retry
    #[arg(long, value_name = "EXPR")]
    retry_tag_filter: Option<TagExpression>,
    /// Result of a run with scenarios that passed on a retry: pass or fail
    #[arg(long, value_name = "RESULT", default_value = "pass", value_parser = flaky_result(), hide_possible_values = true)]
    pub(in crate::cli) flaky: FlakyResult,
}

/// The scenarios that exclude each other.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Execution")]
pub(in crate::cli) struct ExclusionSettings {
    /// Run scenarios with this tag alone, after all others (repeatable)
    #[arg(long, value_name = "TAG", default_value = SERIAL_TAG, value_parser = parse_tag)]
    serial: Vec<String>,
    /// Run at most one scenario with this tag at a time, as with @lock(NAME) (repeatable)
    #[arg(long, value_name = "TAG", value_parser = parse_tag)]
    lock: Vec<String>,
}

impl ScheduleSettings {
    /// Returns the options of the schedule.
    pub(in crate::cli) fn options(&self) -> ScheduleOptions {
        let retry = RetryOptions {
            retries: self.retry,
            delay: self.retry_delay,
            filter: self.retry_tag_filter.clone(),
        };
        let (parallel, retry) = (self.parallel, Some(retry));
        ScheduleOptions { parallel, retry, ..self.exclusion.options() }
    }
}

impl ExclusionSettings {
    /// Returns the options of a schedule without retries.
    pub(in crate::cli) fn options(&self) -> ScheduleOptions {
        ScheduleOptions {
            serial_tags: self.serial.clone(),
            lock_tags: self.lock.clone(),
            ..ScheduleOptions::default()
        }
    }
}
