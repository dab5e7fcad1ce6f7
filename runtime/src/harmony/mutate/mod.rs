//! Trials of a mutation campaign across processes.
//!
//! It decides nothing: [`crate::mutation`] makes the trials and judges their events. Imports between
//! the rooms: `mutate` -> `runner`.

mod harmony_trials;

pub use harmony_trials::HarmonyTrials;
