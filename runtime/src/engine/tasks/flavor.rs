//! The kind of the async runtime of a scenario.

use crate::model::Tag;

/// The tag of scenarios whose tasks run on the thread of the steps.
const CURRENT_THREAD_TAG: &str = "@tokio.current_thread";
/// The tag of scenarios whose tasks run on a separate thread.
const MULTI_THREAD_TAG: &str = "@tokio.multi_thread";

/// The kind of the async runtime of a scenario.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TokioFlavor {
    /// A separate thread runs the tasks, also while a step blocks.
    #[default]
    MultiThread,
    /// The thread of the steps runs the tasks, while an async step waits. The clock can be paused.
    CurrentThread,
}

impl TokioFlavor {
    /// Returns the kind that the tags of a scenario ask for, or else this one.
    pub(in crate::engine) fn or_by_tags(self, tags: &[Tag]) -> Self {
        let by_tag = tags.iter().rev().find_map(|tag| match tag.name.as_str() {
            CURRENT_THREAD_TAG => Some(Self::CurrentThread),
            MULTI_THREAD_TAG => Some(Self::MultiThread),
            _ => None,
        });
        by_tag.unwrap_or(self)
    }
}
