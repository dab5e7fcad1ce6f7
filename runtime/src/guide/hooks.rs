//! What runs before and after.
//!
//! | attribute | around | tags it sees |
//! |---|---|---|
//! | `#[before_all]`, `#[after_all]` | the whole run | none |
//! | `#[before_feature]`, `#[after_feature]` | a feature | those of the feature |
//! | `#[before_scenario]`, `#[after_scenario]` | a scenario | those of the scenario |
//! | `#[before_step]`, `#[after_step]` | a step that has a definition | those of the scenario |
//!
//! A hook takes state by reference and `&StepContext`, like a step; an after-hook may also take the
//! `&Outcome` so far. Hooks around a feature or the run take only states of that
//! [scope](super::state#scopes). After-hooks run whatever happened, also after a panic. A hook that
//! fails fails what it surrounds, and the failure names the hook; the before-hooks behind it do not run,
//! other than those before everything, which all run. A before-hook of a scenario may skip it by
//! returning [`Outcome::skip`](crate::Outcome::skip). What a hook logs, prints and attaches is in the
//! reports, also when it passes.
//!
//! A Harmony serve process hears nothing of features: there a feature is as long as a scenario, from
//! its first step to `cleanup`, the next `initialize` or the end of the input, and the run is the
//! process. Tags are told by the runner of this crate (`SUITE harmony`); under the field's own one only
//! those hooks with a tag filter run that accept no tags at all.
//!
//! ```
//! use harmony_bdd::{Outcome, StepContext, after_scenario, before_scenario, fixture};
//! use harmony_bdd::model::LogLevel;
//!
//! #[derive(Default)]
//! struct Clock(Option<std::time::Instant>);
//!
//! // A smaller order runs earlier before, and later after.
//! #[before_scenario(order = -10)]
//! fn start(clock: &mut Clock) {
//!     clock.0 = Some(std::time::Instant::now());
//! }
//!
//! // Only for scenarios with these tags; `@` may be left out.
//! #[after_scenario(tags(@timed and not (slow or very-slow)), timeout_ms = 1000)]
//! async fn stop(clock: &Clock, outcome: &Outcome, context: &StepContext) -> Result<(), String> {
//!     let took = clock.0.ok_or("never started")?.elapsed();
//!     context.log(LogLevel::Info, format!("{} after {took:?}", outcome.word()));
//!     Ok(())
//! }
//! ```
//!
//! ```
//! use harmony_bdd::{after_all, after_feature, after_step, before_all, before_feature, before_step};
//!
//! #[before_all]
//! fn everything_begins() {}
//! #[before_feature(tags(network))]
//! fn feature_begins() {}
//! #[before_step]
//! fn step_begins() {}
//! #[after_step]
//! fn step_ends() {}
//! #[after_feature]
//! fn feature_ends() {}
//! #[after_all]
//! fn everything_ends() {}
//! ```
