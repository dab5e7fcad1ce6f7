//! Functions that run before and after steps, scenarios, features and the run.
//!
//! | attribute | surrounds | available tags |
//! |---|---|---|
//! | `#[before_all]`, `#[after_all]` | the whole run | none |
//! | `#[before_feature]`, `#[after_feature]` | a feature | the feature's |
//! | `#[before_scenario]`, `#[after_scenario]` | a scenario | the scenario's |
//! | `#[before_step]`, `#[after_step]` | a step that has a definition | the scenario's |
//!
//! A hook takes state by reference and `&StepContext`, like a step; an after-hook may also take the
//! `&Outcome` so far. Feature and run hooks take only state of that [scope](super::state#scopes).
//! After-hooks always run, even after a panic. A failing hook fails the step, scenario or feature it
//! surrounds, and the failure names the hook. Remaining before-hooks are skipped, except `before_all`
//! hooks. A before-hook of a scenario can skip the scenario by returning
//! [`Outcome::skip`](crate::Outcome::skip). The logs, the output and the attachments of a hook appear in
//! the reports even if it passes.
//!
//! The Harmony protocol has no notion of features, so in a serve process each scenario is its own feature:
//! it lasts from the first step to `cleanup`, the next `initialize` or the end of the input, and the run is
//! the process. Only this crate's runner (`SUITE harmony`) sends tags; with the reference runner, hooks with
//! a tag filter run only if the filter accepts an empty tag set.
//!
//! ```
//! use harmony_bdd::{Outcome, StepContext, after_scenario, before_scenario, fixture};
//! use harmony_bdd::model::LogLevel;
//!
//! #[derive(Default)]
//! struct Clock(Option<std::time::Instant>);
//!
//! // Before-hooks run in ascending order, after-hooks in descending order.
//! #[before_scenario(order = -10)]
//! fn start(clock: &mut Clock) {
//!     clock.0 = Some(std::time::Instant::now());
//! }
//!
//! // Runs only for scenarios with these tags; `@` is optional.
//! #[after_scenario(tags(@timed and not (slow or very-slow)), timeout_ms = 1000)]
//! async fn stop(clock: &Clock, outcome: &Outcome, context: &StepContext) -> Result<(), String> {
//!     let took = clock.0.ok_or("never started")?.elapsed();
//!     context.log(LogLevel::Info, format!("{} after {took:?}", outcome.as_str()));
//!     Ok(())
//! }
//! ```
//!
//! ```
//! use harmony_bdd::{after_all, after_feature, after_step, before_all, before_feature, before_step};
//!
//! #[before_all]
//! fn run_starts() {}
//! #[before_feature(tags(network))]
//! fn feature_starts() {}
//! #[before_step]
//! fn step_starts() {}
//! #[after_step]
//! fn step_ends() {}
//! #[after_feature]
//! fn feature_ends() {}
//! #[after_all]
//! fn run_ends() {}
//! ```
