//! The report that adds a run to a history.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde_json::json;

use super::entry::Entry;
use crate::model::Event;
use crate::report::{Report, ScenarioRecord, Totals};
use crate::text::format_timestamp_millis;

/// Adds a run to the history in a folder.
#[derive(Debug)]
pub struct History {
    file: File,
    started: SystemTime,
    entries: Vec<Entry>,
}

impl History {
    /// Opens the history in `folder`, which is created if it is missing.
    ///
    /// # Errors
    /// Returns an error if the folder or its file cannot be created.
    pub fn open(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let file = OpenOptions::new().create(true).append(true).open(history_file(folder))?;
        Ok(Self { file, started: SystemTime::UNIX_EPOCH, entries: Vec::new() })
    }
}

/// Returns the file of the history in a folder.
pub(super) fn history_file(folder: &Path) -> PathBuf {
    folder.join("runs.jsonl")
}

impl Report for History {
    fn on_event(&mut self, event: &Event) -> io::Result<()> {
        if let Event::RunStarted { time, .. } = event {
            self.started = *time;
        }
        Ok(())
    }

    fn on_scenario_finished(&mut self, record: &Arc<ScenarioRecord>) -> io::Result<()> {
        self.entries.extend(Entry::of(record));
        Ok(())
    }

    fn on_run_finished(&mut self, _totals: &Totals, _duration: Duration) -> io::Result<()> {
        let scenarios: Vec<_> = self.entries.drain(..).map(|entry| entry.to_json()).collect();
        let run = json!({ "time": format_timestamp_millis(self.started), "scenarios": scenarios });
        // One write to a file that is open for appending: runs at the same time do not mix.
        self.file.write_all(format!("{run}\n").as_bytes())
    }
}
