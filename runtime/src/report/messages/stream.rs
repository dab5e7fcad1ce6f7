//! A stream of messages with the ids written so far.

use std::collections::{HashMap, HashSet};
use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::library_ids::LibraryIds;
use super::lines::{Id, Ids, Lines, Time, timestamp};
use super::nodes::Nodes;
use super::pickles::{PickleIds, PickleKey};
use super::planned::PlannedScenario;
use crate::model::Failure;
use crate::report::RunMetadata;

/// Writes a run as Cucumber Messages: the metadata when the run starts, and each scenario when it has
/// finished.
#[derive(Debug)]
pub struct Messages<W> {
    pub(super) out: Lines<W>,
    pub(super) metadata: RunMetadata,
    pub(super) ids: Ids,
    /// The nodes of the documents, by combination of platforms.
    pub(super) nodes: HashMap<Option<Arc<str>>, Nodes>,
    /// The combinations of each document that was written, by path.
    pub(super) written_documents: HashSet<(Arc<str>, Option<Arc<str>>)>,
    pub(super) library_ids: LibraryIds,
    /// The scenarios that are known before the run, by number.
    pub(super) planned: Vec<PlannedScenario>,
    /// True if the test cases of the planned scenarios were written.
    pub(super) planned_cases_are_written: bool,
    /// The ids of the pickles of other scenarios, as far as they were written.
    pub(super) pickles: HashMap<PickleKey, Arc<PickleIds>>,
    /// The id of the hook that represents failures around the steps that no hook caused.
    pub(super) around_hook: Option<Id>,
    /// The failures outside of any scenario that were written with their hook.
    pub(super) written_failures: Vec<Failure>,
    pub(super) started: SystemTime,
}

impl<W: Write> Messages<W> {
    /// Creates a report written to `out`.
    pub fn new(out: W, mut metadata: RunMetadata) -> Self {
        let scenarios = std::mem::take(&mut metadata.scenarios);
        Self {
            out: Lines::new(out),
            metadata,
            ids: Ids::default(),
            nodes: HashMap::new(),
            written_documents: HashSet::new(),
            library_ids: LibraryIds::new(),
            planned: scenarios.into_iter().map(PlannedScenario::new).collect(),
            planned_cases_are_written: false,
            pickles: HashMap::new(),
            around_hook: None,
            written_failures: Vec::new(),
            started: SystemTime::UNIX_EPOCH,
        }
    }

    /// Returns the output, to write what surrounds the messages.
    #[cfg(feature = "html-report")]
    pub(in crate::report) fn out_mut(&mut self) -> &mut W {
        &mut self.out.out
    }

    pub(super) fn timestamp_at(&self, since_started: Duration) -> Time {
        timestamp(self.started + since_started)
    }
}
