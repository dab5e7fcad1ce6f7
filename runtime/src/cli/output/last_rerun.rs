//! The rerun file of the last run, which is always written: the end of a report refers to it.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::program_file::{program_file, replace_file};
use crate::report::{ClosingNotes, Report, Rerun, ScenarioRecord, Totals};

/// Writes the rerun file at the end of the run, and removes it if there is nothing to rerun.
#[derive(Debug)]
pub(in crate::cli) struct LastRerun {
    path: PathBuf,
    rerun: Rerun<Vec<u8>>,
    notes: ClosingNotes,
}

impl LastRerun {
    /// Creates the report for `path`, or else for a file of this program. `options` are those of each
    /// scenario, by its number. Returns `None` if there is no folder for the file.
    pub(in crate::cli) fn new(
        path: Option<&Path>,
        options: Vec<String>,
        notes: ClosingNotes,
    ) -> Option<Self> {
        let path = path.map(Path::to_owned).or_else(|| program_file("rerun"))?;
        Some(Self { path, rerun: Rerun::new(Vec::new(), options), notes })
    }
}
impl Report for LastRerun {
    fn on_scenario_finished(&mut self, record: &Arc<ScenarioRecord>) -> io::Result<()> {
        self.rerun.on_scenario_finished(record)
    }

    fn on_run_finished(&mut self, totals: &Totals, duration: Duration) -> io::Result<()> {
        self.rerun.on_run_finished(totals, duration)?;
        let text = self.rerun.take_written();
        if text.is_empty() {
            // It may not exist.
            let _ = fs::remove_file(&self.path);
        } else if replace_file(&self.path, &text).is_ok() {
            // A file that cannot be written is only missing in the command.
            self.notes.set_rerun_file(Some(relative(&self.path)));
        }
        Ok(())
    }
}

/// Returns the path relative to the current folder, if it is below it.
fn relative(path: &Path) -> PathBuf {
    let current = env::current_dir().unwrap_or_default();
    path.strip_prefix(&current).unwrap_or(path).to_owned()
}
