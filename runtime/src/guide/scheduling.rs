//! Which scenarios run at the same time, in which order, and how often.
//!
//! `run` starts scenarios in the order of the files and runs as many in parallel as there are cores (`--jobs N`).
//! `harmony` runs four for each core, since their processes mostly wait for each other. Tags in the feature files and
//! options limit that:
//!
//! | wanted | in the feature file | option |
//! |---|---|---|
//! | a scenario runs alone | `@serial` | `--serial TAG` names other tags |
//! | scenarios do not overlap, but run beside others | `@lock(NAME)` | `--lock TAG` |
//! | the scenarios of a feature run in order | | `--parallel features` |
//! | a failed scenario is retried | `@retry`, `@retry(3)`, `@retry(3).after(1s)` | `--retry 3`, `--retry-delay 1s`, `--retry-tag-filter EXPR` |
//! | a retry fails the run | | `--flaky fail` |
//! | steps may be missing | `@allow.skipped` | |
//!
//! ```gherkin
//! @lock(database)
//! Feature: Orders
//!
//!   Scenario: An order is stored
//!     Given …
//!
//!   @serial
//!   Scenario: The database is migrated
//!     Given …
//!
//!   @retry(2).after(500ms)
//!   Scenario: The warehouse answers
//!     Given …
//! ```
//!
//! ```toml
//! # harmony.toml
//! [run]
//! parallel = "features"
//! lock = ["@gpu"]
//! retry_tag_filter = "@network"
//! flaky = "fail"
//! ```
//!
//! A tag of a feature or rule applies to all its scenarios. The scenarios of [`test_main!`](crate::test_main) follow
//! the same rules, but nextest runs each in its own process and knows none of them; use its test groups.
//! `harmony` follows them too, with its settings in the section `[harmony]`; see [below](#across-processes).
//!
//! # Alone, or not beside certain others
//!
//! Serial scenarios run one at a time after all others. `--serial TAG` replaces `@serial`, so that a suite can use the
//! tag for something else.
//!
//! A scenario holds its locks while it runs, with the hooks around it: no other scenario with the same `@lock(NAME)`
//! runs meanwhile, also of another feature. It may have several. With `--lock @gpu`, scenarios with the tag `@gpu`
//! exclude each other. A scenario takes all its locks at once when it starts, so that no two wait for each other.
//! Workers that find nothing to start wait without using the processor.
//!
//! # Features in parallel
//!
//! With `--parallel features` features run in parallel, and the scenarios of each run one after the other in the order
//! of the file, so that one may build on what the one before left in a database. Each still has its own state. A
//! scenario runs after one that failed, too. With `--shuffle` the order within a feature is random as well. A feature
//! with a serial scenario runs alone as a whole.
//!
//! # Retries
//!
//! Scenarios that failed or timed out are retried up to `--retry N` times, or as often as their tag says: `@retry` is
//! one retry (or `--retry`, if that is more), `@retry(3)` three, `@retry(0)` none. The innermost tag decides and is
//! stronger than the option. `--retry-tag-filter EXPR` limits the option to scenarios that match; they are retried
//! once without `--retry`. Undefined, ambiguous, pending and conversion failures are not retried, since retrying
//! cannot change them.
//!
//! `.after(1s)`, or `--retry-delay 1s`, is the time between two attempts (`500ms`, `1s`, `2m`, `1h`). Other scenarios
//! run meanwhile, and may take the locks of the scenario.
//!
//! A scenario that passes on a retry is *flaky*. The run passes, unless `--flaky fail` is set: then the exit code
//! is 1, the end of the report gives the reason, and the scenario is a failure for JUnit, for the formats of a test
//! target and for GitHub. Otherwise it is a passed case with `flakyFailure` elements in JUnit.
//!
//! # Steps that may be missing
//!
//! A scenario with the tag `@allow.skipped` is skipped, instead of failed, at an undefined or pending step. `check` does
//! not report its undefined steps.
//!
//! # Across processes
//!
//! `harmony` runs a scenario once in each combination of platforms. Each of these is scheduled as a scenario: those of
//! one scenario with a lock do not overlap, and each is retried by itself, with new processes. The matrix has the
//! verdict of the last attempt, and `--keep-on-failure` keeps the processes of an attempt that is not retried.
//!
//! - `@allow.skipped` skips a scenario at a step that a process lacks or has pending. Without it, a step that another
//!   implementation lacks is unsupported.
//! - With `--chaos` nothing is retried, since a retry would hide what a fault has found.
//! - In compat mode nothing is retried, and the tags have no effect, as in the reference runner.
//!
//! `harmony` warns of retries and tags that have no effect for these reasons.
//!
//! # Mistakes
//!
//! `check` reports a tag such as `@retry(x)` or `@lock()`, which would have no effect, as an error of the kind
//! `malformed-tag`.
