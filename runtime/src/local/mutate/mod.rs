//! Trials of a mutation campaign in this process.
//!
//! It decides nothing: [`crate::mutation`] makes the trials and judges their events. Imports between
//! the rooms: `mutate` -> `run`.

mod local_trials;

pub use local_trials::LocalTrials;
