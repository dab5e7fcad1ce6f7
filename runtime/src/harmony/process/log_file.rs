//! The log files of a run, one for each process.
//!
//! A file has one line for each event: the seconds since the start of the run, the kind, and the text. The
//! later lines of a text that has several are indented.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::harmony::plan::combinations::Combination;
use crate::harmony::plan::label::ProcessLabel;
use crate::model::Scenario;

/// The longest part of a path that a name makes, in characters. File systems allow 255 bytes.
const MAX_NAME_CHARS: usize = 60;

/// The width of the kind of an event.
const KIND_COLUMNS: usize = 18;

/// The folder with the log files of a run.
///
/// The first error ends the file in which it occurs, and [`finish`](Self::finish) returns it.
#[derive(Debug, Clone)]
pub struct LogFolder {
    path: PathBuf,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    started: Instant,
    /// How many files were opened under each path.
    opened: Mutex<HashMap<PathBuf, usize>>,
    error: Mutex<Option<LogFileError>>,
}

/// The reason why a log file is not complete.
#[derive(Debug, thiserror::Error)]
#[error("cannot write the log file {path}: {reason}", path = .path.display())]
pub struct LogFileError {
    /// The file or folder.
    pub path: PathBuf,
    /// The reason that the system gave.
    pub reason: io::Error,
}

/// The log files of one scenario in one combination.
#[derive(Debug, Clone)]
pub(in crate::harmony) struct ScenarioLogs {
    folder: LogFolder,
    path: PathBuf,
}

/// The log file of one process.
#[derive(Debug, Clone)]
pub(in crate::harmony) struct LogFile {
    path: PathBuf,
    /// `None` after an error.
    file: Arc<Mutex<Option<File>>>,
    shared: Arc<Shared>,
}

impl LogFolder {
    /// Creates the folder if it does not exist. Times in the files count from now.
    ///
    /// # Errors
    /// [`LogFileError`].
    pub fn create(path: &Path) -> Result<Self, LogFileError> {
        let error = |reason| LogFileError { path: path.to_owned(), reason };
        fs::create_dir_all(path).map_err(error)?;
        let shared =
            Shared { started: Instant::now(), opened: Mutex::default(), error: Mutex::default() };
        Ok(Self { path: path.to_owned(), shared: Arc::new(shared) })
    }

    /// Returns the log files of a scenario: `FEATURE/LINE-SCENARIO/COMBINATION/` in this folder.
    pub(in crate::harmony) fn of_scenario(
        &self,
        scenario: &Scenario,
        combination: &Combination,
    ) -> ScenarioLogs {
        let location = scenario.selectable_location();
        let feature = location.path.trim_end_matches(".feature");
        let name = format!("{}-{}", location.line, scenario.name);
        let path = self.path.join(file_name(feature)).join(file_name(&name));
        let path = path.join(file_name(&combination.to_option()));
        ScenarioLogs { folder: self.clone(), path }
    }

    /// Returns the first error of the files, once.
    ///
    /// # Errors
    /// [`LogFileError`].
    pub fn finish(&self) -> Result<(), LogFileError> {
        lock(&self.shared.error).take().map_or(Ok(()), Err)
    }
}

impl ScenarioLogs {
    /// Creates the file of a process: `reader.log`, and for later processes with this label
    /// `reader.2.log` and so on. Returns `None` after an error.
    pub(in crate::harmony) fn open(&self, label: &ProcessLabel) -> Option<LogFile> {
        let shared = &self.folder.shared;
        let name = file_name(&label.to_string());
        let path = self.path.join(format!("{name}.log"));
        let number = {
            let mut opened = lock(&shared.opened);
            let count = opened.entry(path.clone()).or_default();
            *count += 1;
            *count
        };
        let path = match number {
            1 => path,
            number => self.path.join(format!("{name}.{number}.log")),
        };
        let created = fs::create_dir_all(&self.path).and_then(|()| File::create(&path));
        match created {
            Ok(file) => Some(LogFile {
                path,
                file: Arc::new(Mutex::new(Some(file))),
                shared: Arc::clone(shared),
            }),
            Err(reason) => {
                shared.keep(path, reason);
                None
            }
        }
    }
}

impl LogFile {
    /// Writes an event.
    pub(super) fn write(&self, kind: &str, text: &str) {
        let mut file = lock(&self.file);
        let Some(open) = file.as_mut() else { return };
        let seconds = self.shared.started.elapsed().as_secs_f64();
        let text = text.replace('\n', &format!("\n{}", " ".repeat(10 + KIND_COLUMNS + 1)));
        let line = format!("{seconds:9.3} {kind:<KIND_COLUMNS$} {text}");
        // One write for a line, so that it is whole if the runner is killed.
        if let Err(reason) = open.write_all(format!("{}\n", line.trim_end()).as_bytes()) {
            self.shared.keep(self.path.clone(), reason);
            *file = None;
        }
    }
}

impl Shared {
    fn keep(&self, path: PathBuf, reason: io::Error) {
        lock(&self.error).get_or_insert(LogFileError { path, reason });
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns a text as the name of a file: letters, digits and a few signs, and hyphens for all others.
fn file_name(text: &str) -> String {
    let mut name = String::new();
    for character in text.chars().take(MAX_NAME_CHARS) {
        let is_kept = character.is_alphanumeric() || "._=,".contains(character);
        match is_kept {
            true => name.push(character),
            false if name.ends_with('-') || name.is_empty() => {}
            false => name.push('-'),
        }
    }
    let name = name.trim_end_matches(['-', '.']).trim_start_matches('.');
    if name.is_empty() { "unnamed".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_file_names() {
        assert_eq!(file_name("features/01-Basic"), "features-01-Basic");
        assert_eq!(file_name("7-Test 1.1 - Simple \"x\"?"), "7-Test-1.1-Simple-x");
        assert_eq!(file_name("reader=rust,writer=c++"), "reader=rust,writer=c");
        assert_eq!(file_name("../.."), "unnamed");
        assert_eq!(file_name("日本"), "日本");
        assert!(file_name(&"é".repeat(300)).len() < 255);
    }
}
