//! Entries of the journal: what runs on each thread, and every event, as soon as it happens.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::wire::encode_event;
use crate::model::{Event, Scenario, StepResult};
use crate::observe::{has_journal, thread_number, write_to_journal};

/// The user code that a thread is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Activity {
    /// The number and the attempt of the scenario; `None` for hooks of the suite.
    pub(super) scenario: Option<(usize, u32)>,
    /// The index of the step; `None` for hooks and states.
    pub(super) step: Option<usize>,
    /// A description, such as "the step When it rains" or "the hooks before the scenario".
    pub(super) phase: String,
    /// The length of the captured output before it.
    pub(super) output_position: u64,
}

/// Records the scenarios of a run, in their order.
pub(in crate::local) fn record_scenarios(scenarios: &[Arc<Scenario>]) {
    if has_journal() {
        let keys: Vec<Value> = scenarios.iter().map(|scenario| key(scenario)).collect();
        write_to_journal(json!(["scenarios", keys]).to_string());
    }
}

/// Records that this thread enters user code: a step by its index, or something around the steps. The
/// scenario is its number and its attempt; hooks of the suite have none.
pub(in crate::local) fn record_activity(
    scenario: Option<(usize, u32)>,
    step: Option<usize>,
    phase: &str,
    output_position: u64,
) {
    if has_journal() {
        let thread = thread_number();
        let scenario =
            scenario.map_or("null".to_owned(), |(n, attempt)| format!("[{n},{attempt}]"));
        let step = step.map_or("null".to_owned(), |step| step.to_string());
        let phase = Value::from(phase);
        write_to_journal(format!(
            r#"["activity",{thread},{scenario},{step},{phase},{output_position}]"#
        ));
    }
}

/// Records that this thread has left user code.
pub(in crate::local) fn record_idle() {
    if has_journal() {
        write_to_journal(format!(r#"["idle",{}]"#, thread_number()));
    }
}

/// Records an event.
pub(in crate::local) fn record_event(event: &Event) {
    if !has_journal() {
        return;
    }
    let encode = || encode_event(event).map(|event| json!(["event", event]).to_string());
    if let Some(entry) = plain_event(event).or_else(encode) {
        write_to_journal(entry);
    }
}

/// Encodes the events of a scenario that passes without output, as most do, faster than `encode_event`.
/// The reader finds the definitions of the steps again.
fn plain_event(event: &Event) -> Option<String> {
    let event = match event {
        Event::ScenarioStarted { number, attempt, lane, started, .. } => {
            let started = started.as_nanos();
            format!(r#"["scenario started",{number},{attempt},{lane},{started}]"#)
        }
        Event::ScenarioFinished { number, duration, retried, interrupted } => {
            let duration = duration.as_nanos();
            format!(r#"["scenario finished",{number},{duration},{retried},{interrupted}]"#)
        }
        Event::StepFinished { number, step, result } => {
            let StepResult { outcome, started, duration, logs, attachments, output, .. } =
                &**result;
            let (started, duration) = (started.as_nanos(), duration.as_nanos());
            let has_output = !(logs.is_empty() && attachments.is_empty() && output.is_empty());
            if has_output || !outcome.is_passed() {
                return None;
            }
            format!(
                r#"["step finished",{number},{step},[["passed"],{started},{duration},[],[],"",null]]"#
            )
        }
        _ => return None,
    };
    Some(format!(r#"["event",{event}]"#))
}

/// Records that the process is about to exit with this code, on purpose.
pub(super) fn record_exit_code(code: u8) {
    write_to_journal(json!(["exit", code]).to_string());
}

/// Records that a signal asked this process to end the run.
pub(super) fn record_signal() {
    write_to_journal(json!(["interrupt"]).to_string());
}

/// Returns the identity of a scenario for a process that selects the same ones in another order.
pub(super) fn key(scenario: &Scenario) -> Value {
    let row = scenario.example_row.as_ref().map(|row| row.line);
    json!([&*scenario.location.path, scenario.location.line, row, scenario.name])
}

/// The journal of a process that has ended.
#[derive(Debug, Default)]
pub(super) struct Journal {
    /// The keys of the scenarios of the last run, by number.
    pub(super) scenarios: Vec<Value>,
    /// The events of the last run, encoded.
    pub(super) events: Vec<Value>,
    /// The threads in user code.
    pub(super) activities: BTreeMap<i64, Activity>,
    /// The panics in the present activity of each thread.
    pub(super) panics: BTreeMap<i64, Vec<String>>,
    /// The number of signals that asked the process to end the run.
    pub(super) interrupts: usize,
    /// The code that the process meant to exit with.
    pub(super) exit_code: Option<u8>,
}

impl Journal {
    /// Reads entries; an incomplete last one is ignored.
    pub(super) fn parse(text: &str) -> Self {
        let mut journal = Self::default();
        for line in text.lines() {
            if let Ok(entry) = serde_json::from_str::<Value>(line) {
                journal.add(&entry);
            }
        }
        journal
    }

    pub(super) fn add(&mut self, entry: &Value) -> Option<()> {
        let [kind, fields @ ..] = entry.as_array()?.as_slice() else { return None };
        match (kind.as_str()?, fields) {
            ("scenarios", [keys]) => {
                let interrupts = self.interrupts;
                *self = Self { scenarios: keys.as_array()?.clone(), interrupts, ..Self::default() };
            }
            ("activity", [thread, scenario, step, phase, position]) => {
                let number = |value: &Value| usize::try_from(value.as_u64()?).ok();
                let attempt = |value: &Value| u32::try_from(value.as_u64()?).ok();
                let activity = Activity {
                    scenario: number(&scenario[0]).zip(attempt(&scenario[1])),
                    step: number(step),
                    phase: phase.as_str()?.to_owned(),
                    output_position: position.as_u64()?,
                };
                self.panics.remove(&thread.as_i64()?);
                self.activities.insert(thread.as_i64()?, activity);
            }
            ("idle", [thread]) => {
                self.panics.remove(&thread.as_i64()?);
                self.activities.remove(&thread.as_i64()?);
            }
            ("panic", [thread, text]) => {
                let panics = self.panics.entry(thread.as_i64()?).or_default();
                panics.push(text.as_str()?.to_owned());
            }
            ("event", [event]) => self.events.push(event.clone()),
            ("interrupt", []) => self.interrupts += 1,
            ("exit", [code]) => self.exit_code = u8::try_from(code.as_u64()?).ok(),
            _ => {}
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::model::Outcome;

    #[test]
    fn plain_events_are_encoded_as_all_others() {
        let (started, duration) = (Duration::from_nanos(7), Duration::from_millis(3));
        let passed = StepResult { duration, ..StepResult::instant(Outcome::Passed, started) };
        for event in [
            Event::StepFinished { number: 2, step: 1, result: Arc::new(passed) },
            Event::ScenarioFinished { number: 2, duration, retried: true, interrupted: false },
        ] {
            let encoded = json!(["event", encode_event(&event).unwrap()]).to_string();
            assert_eq!(plain_event(&event), Some(encoded));
        }
    }

    #[test]
    fn incomplete_last_line_is_ignored() {
        let journal = Journal::parse("[\"exit\", 3]\n[\"exit\", 1");
        assert_eq!(journal.exit_code, Some(3));
    }

    #[test]
    fn idle_thread_has_no_activity() {
        let lines = "[\"activity\",7,[2,0],4,\"the step\",9]\n[\"panic\",7,\"p\"]\n";
        let journal = Journal::parse(lines);
        let activity = Activity {
            scenario: Some((2, 0)),
            step: Some(4),
            phase: "the step".to_owned(),
            output_position: 9,
        };
        assert_eq!(journal.activities[&7], activity);
        assert_eq!(journal.panics[&7], ["p"]);
        let journal = Journal::parse(&format!("{lines}[\"idle\",7]\n"));
        assert!(journal.activities.is_empty() && journal.panics.is_empty());
    }
}
