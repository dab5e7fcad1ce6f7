//! The rerun file of the last run, which is always written: the end of a report refers to it.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::report_files::create_parent;
use crate::report::{ClosingNotes, Report, Rerun, ScenarioRecord, Totals};

/// The file by which cargo marks its target folder.
const TARGET_MARKER: &str = "CACHEDIR.TAG";

/// Writes the rerun file at the end of the run, and removes it if there is nothing to rerun.
#[derive(Debug)]
pub(in crate::cli) struct LastRerun {
    path: PathBuf,
    rerun: Rerun<Vec<u8>>,
    notes: ClosingNotes,
}

impl LastRerun {
    /// Creates the report for `path`, or else for a file of this program below cargo's target folder, or
    /// in the user's cache folder. `options` are those of each scenario, by its number. Returns `None` if there is no such folder.
    pub(in crate::cli) fn new(
        path: Option<&Path>,
        options: Vec<String>,
        notes: ClosingNotes,
    ) -> Option<Self> {
        let path = path.map(Path::to_owned).or_else(default_path)?;
        Some(Self { path, rerun: Rerun::new(Vec::new(), options), notes })
    }

    /// Replaces the file as a whole, since another run may read it.
    fn write(&self, text: &[u8]) -> io::Result<()> {
        create_parent(&self.path)?;
        let unfinished = self.path.with_extension(format!("{}.tmp", std::process::id()));
        fs::write(&unfinished, text)?;
        fs::rename(&unfinished, &self.path)
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
        } else if self.write(&text).is_ok() {
            // A file that cannot be written is only missing in the command.
            self.notes.set_rerun_file(Some(relative(&self.path)));
        }
        Ok(())
    }
}

fn default_path() -> Option<PathBuf> {
    let program = env::current_exe().ok()?;
    let name = Path::new(program.file_name()?).with_extension("rerun");
    let target = program.ancestors().find(|folder| folder.join(TARGET_MARKER).is_file());
    let folder = match target {
        Some(target) => target.to_owned(),
        None => match env::var_os("XDG_CACHE_HOME").filter(|path| !path.is_empty()) {
            Some(cache) => PathBuf::from(cache),
            None => PathBuf::from(env::var_os("HOME")?).join(".cache"),
        },
    };
    Some(folder.join("harmony-bdd").join(name))
}

/// Returns the path relative to the current folder, if it is below it.
fn relative(path: &Path) -> PathBuf {
    let current = env::current_dir().unwrap_or_default();
    path.strip_prefix(&current).unwrap_or(path).to_owned()
}
