//! `run --watch`: runs again after a change or a key, until the end is requested.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::SystemTime;

use regex::RegexBuilder;

use super::watch::{Wake, wait};
use super::watch_keys::{Keys, WatchKey};
use crate::cli::exit_code::EXIT_INTERRUPTED;
use crate::local::SelectOptions;
use crate::model::StopFlag;
use crate::text::{format_timestamp_millis, pluralize};

/// What a loop needs from the program around it.
pub(super) trait WatchedRun {
    /// Runs a selection; returns the exit code and the feature files.
    fn run(&mut self, select: &SelectOptions) -> (ExitCode, Vec<PathBuf>);

    /// Returns the file that lists what failed in the last run, if something did.
    fn rerun_file(&self) -> Option<PathBuf>;

    /// Prints an error and returns its exit code.
    fn print_error(&self, error: io::Error) -> ExitCode;
}

/// The state of the loop.
pub(super) struct WatchLoop<'a> {
    /// All that is run by the first run and by the key for everything.
    pub(super) select: &'a SelectOptions,
    pub(super) stop: &'a StopFlag,
    /// The real standard output.
    pub(super) out: File,
    /// The number of runs so far.
    runs: usize,
}

impl<'a> WatchLoop<'a> {
    pub(super) fn new(select: &'a SelectOptions, stop: &'a StopFlag, out: File) -> Self {
        Self { select, stop, out, runs: 0 }
    }

    /// Runs until the end; returns the exit code.
    pub(super) fn run(mut self, run: &mut impl WatchedRun) -> ExitCode {
        let mut keys = self.out.try_clone().ok().and_then(Keys::of_stdin);
        let (mut code, mut files) = run.run(self.select);
        self.runs = 1;
        while !self.stop.is_set() {
            if let Some(keys) = &keys {
                keys.discard();
            }
            self.print(&waiting(files.len(), keys.is_some()));
            let wake = match wait(&files, keys.as_mut(), self.stop) {
                Ok(wake) => wake,
                Err(error) => return run.print_error(error),
            };
            let (select, reason) = match wake {
                Wake::Stopped => break,
                Wake::Key(WatchKey::Quit) => return code,
                Wake::Key(WatchKey::Failed) => match run.rerun_file() {
                    Some(file) => (self.failed(file), "what failed".to_owned()),
                    None => {
                        self.print("nothing failed in the last run\n");
                        continue;
                    }
                },
                Wake::Key(WatchKey::All) => (self.select.clone(), "everything".to_owned()),
                Wake::Key(WatchKey::Name(name)) => {
                    (self.named(&name), format!("names with {name:?}"))
                }
                Wake::Changed(changed) => {
                    let names: Vec<_> =
                        changed.iter().map(|file| file.display().to_string()).collect();
                    (self.changed(&changed), format!("{} changed", names.join(", ")))
                }
            };
            self.runs += 1;
            self.print(&separator(self.runs, SystemTime::now(), &reason));
            let (next, run_files) = run.run(&select);
            code = next;
            // A part of the files was run; all of them are watched.
            for file in run_files {
                if !files.contains(&file) {
                    files.push(file);
                }
            }
            // An editor may have removed a file for good.
            files.retain(|file| file.exists());
        }
        ExitCode::from(EXIT_INTERRUPTED)
    }

    fn failed(&self, file: PathBuf) -> SelectOptions {
        SelectOptions { rerun: Some(file), selectors: Vec::new(), ..self.select.clone() }
    }

    fn named(&self, name: &str) -> SelectOptions {
        let name = RegexBuilder::new(&regex::escape(name)).case_insensitive(true).build();
        SelectOptions { names: name.into_iter().collect(), ..self.select.clone() }
    }

    /// Selects the changed files instead of the folders that they are in.
    fn changed(&self, changed: &[PathBuf]) -> SelectOptions {
        let mut select = self.select.clone();
        select.selectors.retain(|selector| !Path::new(selector).is_dir());
        select.selectors.extend(changed.iter().map(|path| path.to_string_lossy().into_owned()));
        select
    }

    fn print(&mut self, text: &str) {
        // Without standard output the runs go on all the same.
        let _ = self.out.write_all(text.as_bytes());
    }
}

/// Returns the line that says what is waited for.
fn waiting(files: usize, has_keys: bool) -> String {
    let keys = match has_keys {
        // Fits 80 columns.
        true => "keys: a all, f failed, n name, q quit",
        false => "Ctrl-C ends",
    };
    format!("\nwaiting for a change of {}; {keys}\n", pluralize(files, "feature file"))
}

/// Returns the line above a run: its number, the time and the reason.
fn separator(run: usize, time: SystemTime, reason: &str) -> String {
    let time = format_timestamp_millis(time);
    let clock = time.get(11..19).unwrap_or(&time);
    format!("\n──── run {run} · {clock} UTC · {reason} ────\n\n")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn separator_has_number_time_and_reason() {
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(3_661);
        assert_eq!(separator(2, time, "x"), "\n──── run 2 · 01:01:01 UTC · x ────\n\n");
    }
}
