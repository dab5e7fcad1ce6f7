//! An exit of the process during a run that no other process waits for, such as one that another program
//! has started by `run_with`: the exit code is that of a failure.
//!
//! Where a process waits, the exit leaves the printed output and its copy equal.

use std::fs::File;
use std::io::{self, Write as _};
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::run_output::stop_printing;
use crate::observe::has_journal;

/// Exit code of a process that ends during a run.
const EXIT_DURING_RUN: i32 = 1;

/// The runs in progress in this process.
static RUNS: Mutex<Vec<Arc<WatchedRun>>> = Mutex::new(Vec::new());

/// True once the process exits on purpose, such as after a second signal.
static IS_INTENDED: AtomicBool = AtomicBool::new(false);

struct WatchedRun {
    /// A child that a step has forked exits for itself.
    process: u32,
    /// Standard error without capture.
    stderr: Option<File>,
    running: Box<dyn Fn() -> String + Send + Sync>,
}

/// A run in progress. Until it is dropped, an exit of the process is reported and has an exit code
/// other than 0.
pub(in crate::local) struct ExitGuard(Option<Arc<WatchedRun>>);

impl ExitGuard {
    /// Watches a run, unless another process does. `stderr` is standard error without capture, and
    /// `running` describes what runs, one line for each.
    pub(in crate::local) fn new(
        stderr: Option<File>,
        running: impl Fn() -> String + Send + Sync + 'static,
    ) -> Self {
        if has_journal() {
            return Self(None);
        }
        let run =
            Arc::new(WatchedRun { process: process::id(), stderr, running: Box::new(running) });
        with_runs(|runs| runs.push(Arc::clone(&run)));
        Self(Some(run))
    }
}

impl Drop for ExitGuard {
    fn drop(&mut self) {
        if let Some(run) = &self.0 {
            with_runs(|runs| runs.retain(|other| !Arc::ptr_eq(other, run)));
        }
    }
}

/// Records that this process exits on purpose from now on.
pub(super) fn allow_exit() {
    // Relaxed: the thread that stores it also exits, and reads it in `fail_exit_during_run`.
    IS_INTENDED.store(true, Ordering::Relaxed);
}

fn with_runs<T>(change: impl FnOnce(&mut Vec<Arc<WatchedRun>>) -> T) -> T {
    // Nothing that can panic runs under the lock.
    change(&mut RUNS.lock().unwrap_or_else(PoisonError::into_inner))
}

dtor::declarative::dtor! {
    #[dtor(unsafe)]
    fn fail_exit_during_run() {
        if has_journal() {
            // The supervisor reports the exit, and leaves out what was printed.
            return stop_printing();
        }
        // Relaxed: see `allow_exit`.
        if IS_INTENDED.load(Ordering::Relaxed) {
            return;
        }
        let run = with_runs(|runs| runs.iter().find(|run| run.process == process::id()).cloned());
        let Some(run) = run else { return };
        let text = format!(
            "error: the process exits before the run has finished; its reports are incomplete\n{}",
            (run.running)()
        );
        // The exit code reports it if stderr is closed.
        let _ = match run.stderr.as_ref() {
            Some(file) => (&*file).write_all(text.as_bytes()),
            None => io::stderr().write_all(text.as_bytes()),
        };
        signal_hook::low_level::exit(EXIT_DURING_RUN);
    }
}
