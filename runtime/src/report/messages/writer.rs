//! The report: what is known before the run, the events of the run, and its end.

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::Messages;
use super::ci::ci;
use super::lines::{RUN, timestamp};
use super::result_message::Exception;
use crate::model::{Event, Scenario};
use crate::report::{Report, ScenarioRecord, Totals};

impl<W: Write> Messages<W> {
    fn write_metadata(&mut self) -> io::Result<()> {
        self.out.write("meta", meta())?;
        let mut by_path: HashMap<Arc<str>, Vec<usize>> = HashMap::new();
        for (number, planned) in self.planned.iter().enumerate() {
            let path = Arc::clone(&planned.scenario.location.path);
            by_path.entry(path).or_default().push(number);
        }
        // In a run across processes the scenarios are unknown, and each combination of platforms gets its
        // own copy of a document when its first scenario has finished.
        let documents = match self.planned.is_empty() {
            false => self.metadata.documents.clone(),
            true => Vec::new(),
        };
        for document in documents {
            self.write_document(&document, None)?;
            let mut in_file = by_path.remove(&*document.path).unwrap_or_default();
            // Pickles are in the order of the file, whatever the order of the run.
            in_file.sort_by_key(|number| position(&self.planned[*number].scenario));
            for number in in_file {
                self.planned_pickle(number)?;
            }
        }
        if let Some(library) = self.metadata.library.clone() {
            self.library_ids.write_library(&*library, &mut self.out, &mut self.ids)?;
        }
        let timestamp = timestamp(self.started);
        self.out.write("testRunStarted", json!({ "id": RUN, "timestamp": timestamp }))
    }
}

impl<W: Write> Report for Messages<W> {
    fn on_event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::RunStarted { time, .. } => {
                self.started = *time;
                self.write_metadata()
            }
            Event::ScenarioStarted { .. } => self.write_planned_cases(),
            Event::HookFinished { number: None, result } => {
                self.written_failures.extend(result.failure.clone());
                self.write_run_hook(result)
            }
            Event::SharedOutput(output) => {
                let body = format!("{}\n{}", output.heading(), output.text);
                self.write_captured_output(json!({ "testRunStartedId": RUN }), &body)
            }
            _ => Ok(()),
        }
    }

    fn on_scenario_finished(&mut self, record: &Arc<ScenarioRecord>) -> io::Result<()> {
        self.write_record(record)
    }

    fn on_run_finished(&mut self, totals: &Totals, duration: Duration) -> io::Result<()> {
        let success = totals.is_without_failure();
        let mut finished = json!({
            "testRunStartedId": RUN,
            "success": success,
            "timestamp": self.timestamp_at(duration),
        });
        let unwritten =
            totals.failures.iter().find(|failure| !self.written_failures.contains(failure));
        if let Some(failure) = unwritten {
            finished["message"] = json!(failure.message);
            finished["exception"] = json!(Exception::new(failure, &failure.to_string()));
        }
        self.out.write("testRunFinished", finished)?;
        self.out.out.flush()
    }
}

fn meta() -> Value {
    let mut meta = json!({
        "protocolVersion": "34.2.1",
        "implementation": { "name": "harmony-bdd", "version": env!("CARGO_PKG_VERSION") },
        "runtime": { "name": "rust", "version": env!("BUILT_WITH_RUSTC") },
        "os": { "name": std::env::consts::OS },
        "cpu": { "name": std::env::consts::ARCH },
    });
    if let Some(ci) = ci(|name| std::env::var(name).ok()) {
        meta["ci"] = ci;
    }
    meta
}

/// Returns the line of a scenario and that of its example row.
fn position(scenario: &Scenario) -> (u32, u32) {
    (scenario.location.line, scenario.example_row.as_ref().map_or(0, |row| row.line))
}
