//! The journal of a process that runs scenarios for this one, read while it is written.

use std::collections::HashMap;
use std::fs::File;
use std::mem;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde_json::Value;

use super::journal::{Journal, key};
use super::replay::{Crash, Progress};
use super::wire::decode_event;
use crate::model::{Activity, Event, Scenario, StepMatch};

/// What this process knows of the run in the other one.
pub(in crate::local) struct JournalReader {
    scenarios: Vec<Arc<Scenario>>,
    /// The numbers of the scenarios by their keys.
    numbers: HashMap<String, usize>,
    /// The start of the run.
    started: SystemTime,
    definition: FindDefinition,
}

/// Finds the definition of a step by its text.
type FindDefinition = Box<dyn Fn(&Scenario, &str) -> Option<StepMatch> + Send + Sync>;

impl JournalReader {
    /// Returns a reader for a run of these scenarios that began at `started`. `definition` finds the
    /// definition of a step by its text.
    pub(in crate::local) fn new(
        scenarios: Vec<Arc<Scenario>>,
        started: SystemTime,
        definition: impl Fn(&Scenario, &str) -> Option<StepMatch> + Send + Sync + 'static,
    ) -> Self {
        let keys = scenarios.iter().enumerate();
        let numbers = keys.map(|(number, scenario)| (key(scenario).to_string(), number)).collect();
        Self { scenarios, numbers, started, definition: Box::new(definition) }
    }
}

/// The journal of one process.
pub(in crate::local) struct FollowedJournal {
    journal: Journal,
    progress: Progress,
    /// The captured output of its steps.
    output: Option<File>,
    /// The lane of its scenarios.
    lane: usize,
    /// Time from the start of the run to the start of the process's own.
    offset: Duration,
    /// The number here of each scenario there; `None` before the process has selected them.
    numbers_here: Option<Vec<Option<usize>>>,
}

impl FollowedJournal {
    /// Returns an empty journal of a process whose scenarios are shown in this lane.
    pub(in crate::local) fn new(lane: usize, output: Option<File>) -> Self {
        Self {
            journal: Journal::default(),
            progress: Progress::default(),
            output,
            lane,
            offset: Duration::ZERO,
            numbers_here: None,
        }
    }

    /// Returns true once the process has selected its scenarios.
    pub(in crate::local) fn has_selected(&self) -> bool {
        self.numbers_here.is_some()
    }

    /// Returns the number that a scenario has in the process, if it has selected it.
    pub(in crate::local) fn number_there(&self, number: usize) -> Option<usize> {
        self.numbers_here.as_ref()?.iter().position(|here| *here == Some(number))
    }

    /// Returns true if the process has ended on purpose.
    pub(in crate::local) fn has_exited(&self) -> bool {
        self.journal.exit_code.is_some()
    }

    /// Returns what the process is doing for the scenario with this number.
    pub(in crate::local) fn activity(&self, number: usize) -> Option<Activity> {
        let here = |(there, _)| self.number_here(there) == Some(number);
        let mut activities = self.journal.activities.values();
        let activity = activities.find(|activity| activity.scenario.is_some_and(here))?;
        Some(activity.step.map_or(Activity::Hooks, Activity::Step))
    }

    /// Reads a line, also one of another writer. Returns its event, as an event of the run of `reader`.
    pub(in crate::local) fn read(&mut self, line: &str, reader: &JournalReader) -> Option<Event> {
        let entry: Value = serde_json::from_str(line).ok()?;
        self.journal.add(&entry)?;
        if self.numbers_here.is_none() && !self.journal.scenarios.is_empty() {
            let here = |key: &Value| reader.numbers.get(&key.to_string()).copied();
            self.numbers_here = Some(self.journal.scenarios.iter().map(here).collect());
        }
        let event = self.journal.events.pop()?;
        let scenario = |number: usize| reader.scenarios.get(number).cloned();
        let mut event = decode_event(&event, |there| self.number_here(there), scenario)?;
        match &mut event {
            Event::RunStarted { time, .. } => {
                self.offset = time.duration_since(reader.started).unwrap_or_default();
                return None;
            }
            Event::ScenarioStarted { lane, started, .. } => {
                *lane = self.lane;
                *started += self.offset;
            }
            Event::StepFinished { number, step, result } => {
                let result = Arc::make_mut(result);
                result.started += self.offset;
                if result.outcome.is_passed()
                    && let Some(scenario) = reader.scenarios.get(*number)
                    && let Some(step) = scenario.steps.get(*step)
                {
                    result.definition = (reader.definition)(scenario, &step.text);
                }
            }
            Event::HookFinished { result, .. } => Arc::make_mut(result).started += self.offset,
            _ => {}
        }
        self.progress.add(&event);
        Some(event)
    }

    /// Passes on that what ran when the process died has failed. `death` follows "the process".
    pub(in crate::local) fn report_death(
        &mut self,
        death: String,
        reader: &JournalReader,
        sink: impl FnMut(Event),
    ) {
        let crash = Crash::new(mem::take(&mut self.journal), death, self.output.take());
        let mut progress = mem::take(&mut self.progress);
        crash.report(&mut progress, |there| self.number_here(there), &reader.definition, sink);
    }

    fn number_here(&self, there: usize) -> Option<usize> {
        self.numbers_here.as_ref()?.get(there).copied().flatten()
    }
}
