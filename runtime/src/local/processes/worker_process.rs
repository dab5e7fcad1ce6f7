//! A worker process, as its parent sees it.

use std::env;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use super::shared::SharedRun;
use crate::local::crash::FollowedJournal;
use crate::local::worker::{assignment_line, worker_variable};
use crate::model::Event;
use crate::platform;
use crate::schedule::AttemptId;

/// Interval at which a lane checks whether the run is stopped, or its worker has died.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// A process that runs one scenario at a time.
pub(super) struct WorkerProcess {
    child: Child,
    /// `None` once it is to end.
    assignments: Option<ChildStdin>,
    lines: Receiver<String>,
    pub(super) journal: FollowedJournal,
    /// True once it has started a scenario.
    pub(super) has_run: bool,
    /// True once it has reported a failure around the scenarios.
    pub(super) has_reported: bool,
}

/// What a worker did last.
pub(super) enum WorkerProgress {
    /// It emitted this event.
    Event(Event),
    /// It wrote something else, or nothing for a while.
    Other,
    /// It has ended.
    Ended(ExitStatus),
    /// It was killed because the run ends at once.
    Killed,
}

impl WorkerProcess {
    /// Starts this program again, as a worker for this lane.
    ///
    /// # Errors
    /// Returns an error if the system refuses a process, a thread or a descriptor.
    pub(super) fn start(lane: usize) -> io::Result<Self> {
        // Where the system has no such files, the output before a death is lost.
        let output = platform::create_shared_file("output").ok();
        let name = output.as_ref().map(|(_, name)| name.as_str());
        let mut child = platform::this_program()
            .args(env::args_os().skip(1))
            .envs([worker_variable(name)])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (sender, lines) = channel();
        let journal = FollowedJournal::new(lane, output.map(|(file, _)| file));
        let (assignments, written) = (child.stdin.take(), child.stdout.take());
        let read = move || {
            for line in written.into_iter().flat_map(|pipe| BufReader::new(pipe).split(b'\n')) {
                let Ok(line) = line else { return };
                if sender.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                    return;
                }
            }
        };
        thread::Builder::new().name("journal".to_owned()).spawn(read)?;
        let (has_run, has_reported) = (false, false);
        Ok(Self { child, assignments, lines, journal, has_run, has_reported })
    }

    /// Assigns an attempt, by the number of the scenario in the worker.
    pub(super) fn assign(&mut self, id: AttemptId) {
        if let Some(pipe) = &mut self.assignments {
            // A worker that has ended is noticed when it is read from.
            let _ = pipe.write_all(assignment_line(id).as_bytes());
        }
    }

    /// Makes the worker end: after the running step, and the hooks that follow.
    pub(super) fn end_assignments(&mut self) {
        self.assignments = None;
    }

    /// Waits a while for the next line.
    pub(super) fn progress(&mut self, run: &SharedRun) -> WorkerProgress {
        let line = match self.lines.recv_timeout(POLL_INTERVAL) {
            Ok(line) => line,
            Err(reason) => {
                if run.stop.is_set_at_once() {
                    // It may have ended by itself.
                    let _ = self.child.kill();
                    let _ = self.child.wait();
                    return WorkerProgress::Killed;
                }
                if run.stop.is_set() {
                    self.end_assignments();
                }
                // A child that a step has forked may hold the pipe open.
                let ended = match reason {
                    RecvTimeoutError::Timeout => self.child.try_wait().ok().flatten(),
                    RecvTimeoutError::Disconnected => self.child.wait().ok(),
                };
                return ended.map_or(WorkerProgress::Other, WorkerProgress::Ended);
            }
        };
        let Some(event) = self.journal.read(&line, &run.reader) else {
            return WorkerProgress::Other;
        };
        match event {
            Event::ScenarioStarted { .. } => self.has_run = true,
            Event::RunHookFailed { .. } => self.has_reported = true,
            _ => {}
        }
        WorkerProgress::Event(event)
    }
}

impl Drop for WorkerProcess {
    fn drop(&mut self) {
        // Only a worker that a panic has left here still runs.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
