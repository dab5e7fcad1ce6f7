//! What the options of a run ask of its schedule.

use super::tags::{RetryOptions, SERIAL_TAG, allows_skipped, locks};
use crate::model::Tag;

/// What runs in parallel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Parallel {
    /// All scenarios.
    #[default]
    Scenarios,
    /// Features; the scenarios of each run one after the other, in the order of the selection.
    Features,
}

/// The options of a schedule.
#[derive(Debug, Clone)]
pub struct ScheduleOptions {
    /// What runs in parallel.
    pub parallel: Parallel,
    /// Tags, `@` included, of scenarios that run one at a time, after all others.
    pub serial_tags: Vec<String>,
    /// Tags, `@` included: scenarios with the same one do not overlap.
    pub lock_tags: Vec<String>,
    /// The retries of failed scenarios; without it the tags for retries have no effect either. Only
    /// failures and timeouts are retried, since retrying cannot change anything else.
    pub retry: Option<RetryOptions>,
}

impl ScheduleOptions {
    /// Returns whether a scenario with these tags is retried if it fails.
    pub fn retries(&self, tags: &[Tag]) -> bool {
        self.retry.as_ref().is_some_and(|retry| retry.of(tags).count > 0)
    }

    /// Returns whether a scenario with these tags runs otherwise than one without.
    pub fn affects(&self, tags: &[Tag]) -> bool {
        self.retries(tags)
            || allows_skipped(tags)
            || tags.iter().any(|tag| self.serial_tags.contains(&tag.name))
            || !locks(tags, &self.lock_tags).is_empty()
    }
}

impl Default for ScheduleOptions {
    /// Returns options for parallel scenarios, apart from those with the tag `@serial`, and no retries.
    fn default() -> Self {
        Self {
            parallel: Parallel::default(),
            serial_tags: vec![SERIAL_TAG.to_owned()],
            lock_tags: Vec::new(),
            retry: None,
        }
    }
}
