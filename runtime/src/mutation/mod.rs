//! Mutations of scenarios: what is changed, what a run of a changed scenario shows, and the score of a
//! suite. Plain data and decisions, used by the local runner and by the Harmony runner alike.
//!
//! ```text
//!  scenarios, marks ── plan ──> mutants, each with the trials that may decide it
//!  trials ── campaign ──> TrialRunner (local or harmony) ── events ── trial_result ──> verdicts
//!  verdicts ── findings ──> a finding for each mutant, scores, notes
//! ```
//!
//! Nothing here executes a step, starts a process or writes a report.
//!
//! Imports between the files go one way: `campaign` -> `order`, `plan`, `probes`, `findings`, `trial_runner` ->
//! `change`, `values`, `marks`, `trial`; `order` -> `plan`; `findings` -> `verdict`. `change`, `trial`, `progress`
//! and `verdict` import none of the others.

mod campaign;
mod change;
mod findings;
mod marks;
mod order;
mod plan;
mod probes;
mod progress;
mod trial;
mod trial_result;
mod trial_runner;
mod values;
mod verdict;

pub use campaign::{Campaign, CampaignOptions};
pub use change::Change;
pub use findings::{Excluded, Finding, Findings, Note, Score};
pub use marks::Marks;
pub use plan::{PlanInput, SwapRoles, plan};
pub use progress::{Progress, Round};
pub use trial::{Mutant, Trial};
pub use trial_runner::{TrialBatch, TrialRunner};
pub use verdict::Verdict;
