//! The events of a run whose process died: those of its journal, and the death as a failure.

use std::fmt;
use std::fs::File;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use super::journal::{Journal, key};
use super::wire::decode_event;
use crate::model::{
    Event, Failure, FailureKind, Outcome, Scenario, SharedOutput, StepMatch, StepResult,
};
use crate::platform::read_at;

/// Maximum length of the output that is passed on.
const MAX_OUTPUT_BYTES: usize = 64 * 1024;

/// The crash that the next run in this process replays.
static CRASH: Mutex<Option<Crash>> = Mutex::new(None);

/// The death of the process of a run.
#[derive(Debug)]
pub(in crate::local) struct Crash {
    journal: Journal,
    /// The end of the process, after "the process".
    death: String,
    /// The captured output.
    output: Option<File>,
}

/// Makes the next run in this process replay a crash.
pub(super) fn set_crash(crash: Crash) {
    *CRASH.lock().unwrap_or_else(PoisonError::into_inner) = Some(crash);
}

/// Returns true if the next run in this process replays a crash.
pub(in crate::local) fn has_crash() -> bool {
    CRASH.lock().unwrap_or_else(PoisonError::into_inner).is_some()
}

/// Takes the crash that a run has to replay.
pub(in crate::local) fn take_crash() -> Option<Crash> {
    CRASH.lock().unwrap_or_else(PoisonError::into_inner).take()
}

impl Crash {
    pub(super) fn new(journal: Journal, death: String, output: Option<File>) -> Self {
        Self { journal, death, output }
    }

    /// Passes the events of the run to `sink`: all up to the death, and then that what ran at that
    /// moment has failed. `definition` finds the definition of a step by its text.
    pub(in crate::local) fn replay(
        &self,
        scenarios: &[Arc<Scenario>],
        definition: impl Fn(&Scenario, &str) -> Option<StepMatch>,
        mut sink: impl FnMut(Event),
    ) {
        let number_here = |number: usize| {
            let wanted = self.journal.scenarios.get(number)?;
            scenarios.iter().position(|scenario| key(scenario) == *wanted)
        };
        let scenario = |number: usize| scenarios.get(number).cloned();
        let mut progress = Progress::default();
        if self.journal.events.is_empty() {
            sink(Event::RunStarted { scenarios: scenarios.len(), time: SystemTime::now() });
        }
        for event in &self.journal.events {
            if let Some(mut event) = decode_event(event, number_here, scenario) {
                progress.add(&event);
                if let Event::StepFinished { number, step, result } = &mut event
                    && result.outcome.is_passed()
                    && let Some(scenario) = scenarios.get(*number)
                    && let Some(step) = scenario.steps.get(*step)
                {
                    Arc::make_mut(result).definition = definition(scenario, &step.text);
                }
                sink(event);
            }
        }
        self.report(&mut progress, number_here, definition, &mut sink);
        let interrupted = progress.finished < scenarios.len();
        sink(Event::RunFinished { duration: progress.end, interrupted });
    }

    /// Passes on that what ran at the death has failed.
    pub(super) fn report(
        &self,
        progress: &mut Progress,
        number_here: impl Fn(usize) -> Option<usize>,
        definition: impl Fn(&Scenario, &str) -> Option<StepMatch>,
        mut sink: impl FnMut(Event),
    ) {
        let mut is_reported = false;
        let (mut together, mut printed_from) = (Vec::new(), u64::MAX);
        for (thread, activity) in &self.journal.activities {
            let number = activity.scenario.and_then(|(number, _)| number_here(number));
            // The scenario of an abandoned thread has finished.
            let Some(running) = number.and_then(|number| progress.take(number)) else { continue };
            is_reported = true;
            let number = running.number;
            if !running.is_alone {
                together.push((number, Arc::clone(&running.scenario)));
                printed_from = printed_from.min(activity.output_position);
            }
            match activity.step {
                Some(step) if step == running.finished_steps => {
                    let failure = self.failure("while this step ran", self.panics_of(*thread));
                    let mut result = StepResult::instant(failure.into(), progress.end);
                    let scenario = &running.scenario;
                    let text = scenario.steps.get(step).map(|step| &step.text);
                    result.definition = text.and_then(|text| definition(scenario, text));
                    if running.is_alone {
                        result.output = self.output_since(activity.output_position);
                    }
                    sink(Event::StepFinished { number, step, result: Arc::new(result) });
                    running.finish(step + 1, progress.end, &mut sink);
                }
                _ => {
                    let place = format!("in {}", activity.phase);
                    let failure = Arc::new(self.failure(&place, self.panics_of(*thread)));
                    sink(Event::HookFailed { number, failure });
                    running.finish(running.finished_steps, progress.end, &mut sink);
                }
            }
        }
        if !together.is_empty() {
            let text = self.output_since(printed_from);
            if !text.is_empty() {
                let output = SharedOutput { scenarios: together, text };
                sink(Event::SharedOutput(Arc::new(output)));
            }
        }
        progress.finished += progress.running.len();
        for running in std::mem::take(&mut progress.running) {
            is_reported = true;
            let failure = Arc::new(self.failure("while this scenario ran", &[]));
            sink(Event::HookFailed { number: running.number, failure });
            running.finish(running.finished_steps, progress.end, &mut sink);
        }
        if !is_reported {
            let activity = self.journal.activities.iter().next();
            let place = activity.map(|(_, activity)| format!("in {}", activity.phase));
            let place = place.unwrap_or_else(|| "outside of every scenario".to_owned());
            let panics = activity.map_or(&[][..], |(thread, _)| self.panics_of(*thread));
            let failure = Arc::new(self.failure(&place, panics));
            sink(Event::RunHookFailed { failure });
        }
    }

    fn failure(&self, place: &str, panics: &[String]) -> Failure {
        let others = match self.journal.activities.len() {
            0 | 1 => "",
            _ => "; one of the other scenarios that ran at this moment may be the cause",
        };
        let message = format!("the process {} {place}{others}", self.death);
        let mut failure = Failure::new(FailureKind::Panic, message);
        failure.causes = panics.to_vec();
        failure
    }

    fn panics_of(&self, thread: i64) -> &[String] {
        self.journal.panics.get(&thread).map_or(&[], Vec::as_slice)
    }

    fn output_since(&self, position: u64) -> String {
        let mut bytes = vec![0; MAX_OUTPUT_BYTES];
        let output = self.output.as_ref();
        let length = output.and_then(|file| read_at(file, &mut bytes, position).ok()).unwrap_or(0);
        String::from_utf8_lossy(&bytes[..length]).into_owned()
    }
}

impl fmt::Display for Crash {
    /// Writes the death with all that ran at that moment, its panics and its output.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "error: the process of the run {} before the run had finished", self.death)?;
        let Journal { activities, scenarios, .. } = &self.journal;
        if activities.is_empty() {
            writeln!(f, "  no step or hook was running")?;
        }
        for (thread, activity) in activities {
            let scenario = activity.scenario.and_then(|(number, _)| scenarios.get(number));
            if let Some(scenario) = scenario {
                let [path, line, row, name] = [0, 1, 2, 3].map(|index| &scenario[index]);
                let line = if row.is_null() { line } else { row };
                let text =
                    |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
                writeln!(f, "  scenario: {} ({}:{line})", text(name), text(path))?;
            }
            writeln!(f, "  running: {}", activity.phase)?;
            for panic in self.panics_of(*thread) {
                writeln!(f, "  {panic}")?;
            }
        }
        // Of several threads, any may have printed it.
        let start = activities.values().map(|activity| activity.output_position).min();
        let output = start.map(|start| self.output_since(start)).unwrap_or_default();
        if !output.is_empty() {
            writeln!(f, "  output:")?;
        }
        for line in output.lines() {
            writeln!(f, "    | {line}")?;
        }
        Ok(())
    }
}

/// The scenarios that have started and not finished, while a journal is read.
#[derive(Debug, Default)]
pub(super) struct Progress {
    running: Vec<Running>,
    /// The number of scenarios that have finished, and are not retried.
    finished: usize,
    /// The time of the latest event since the start of the run.
    end: Duration,
}

#[derive(Debug)]
struct Running {
    number: usize,
    scenario: Arc<Scenario>,
    started: Duration,
    finished_steps: usize,
    /// True if no other scenario has run at the same time.
    is_alone: bool,
}

impl Progress {
    pub(super) fn add(&mut self, event: &Event) {
        match event {
            Event::ScenarioStarted { number, scenario, started, .. } => {
                let (scenario, number, started) = (Arc::clone(scenario), *number, *started);
                self.end = self.end.max(started);
                let is_alone = self.running.is_empty();
                self.running.iter_mut().for_each(|running| running.is_alone = false);
                let finished_steps = 0;
                self.running.push(Running { number, scenario, started, finished_steps, is_alone });
            }
            Event::StepFinished { number, step, result } => {
                self.end = self.end.max(result.started + result.duration);
                if let Some(running) = self.running.iter_mut().find(|r| r.number == *number) {
                    running.finished_steps = step + 1;
                }
            }
            Event::ScenarioFinished { number, retried, .. } => {
                self.finished += usize::from(!retried);
                drop(self.take_running(*number));
            }
            _ => {}
        }
    }

    /// Takes a scenario that ends with the process.
    fn take(&mut self, number: usize) -> Option<Running> {
        let running = self.take_running(number)?;
        self.finished += 1;
        Some(running)
    }

    fn take_running(&mut self, number: usize) -> Option<Running> {
        let index = self.running.iter().position(|running| running.number == number)?;
        Some(self.running.remove(index))
    }
}

impl Running {
    /// Skips the steps from this one on, and ends the scenario.
    fn finish(&self, first: usize, end: Duration, sink: &mut impl FnMut(Event)) {
        let number = self.number;
        for step in first..self.scenario.steps.len() {
            let result = StepResult::instant(Outcome::Skipped { reason: None }, end);
            sink(Event::StepFinished { number, step, result: Arc::new(result) });
        }
        let duration = end.saturating_sub(self.started);
        sink(Event::ScenarioFinished { number, duration, retried: false, interrupted: false });
    }
}
