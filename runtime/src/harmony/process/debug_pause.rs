//! The wait for a debugger: each process of one role waits, before the first message to it, until a debugger
//! is attached or a line of input arrives.

use std::fmt;
use std::io::{BufRead, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::child::ChildProcess;
use crate::model::StopFlag;
use crate::platform::is_process_traced;

/// The time limit of everything that a debugged process does: none that a person reaches.
pub(in crate::harmony) const NO_LIMIT: Duration = Duration::from_secs(365 * 24 * 3600);

/// The interval at which a wait checks for a debugger: the system does not report it.
const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// The wait for a debugger in the processes of one role, which then have no deadlines.
pub struct DebugPause {
    role: String,
    lines: Mutex<Receiver<()>>,
    output: Mutex<Box<dyn Write + Send>>,
}

impl DebugPause {
    /// Returns a wait in the processes of `role`, which a line of `input` ends; `output` shows the process
    /// id.
    ///
    /// # Errors
    /// Returns an error if a thread cannot be started.
    pub fn new(
        role: impl Into<String>,
        input: impl BufRead + Send + 'static,
        output: impl Write + Send + 'static,
    ) -> std::io::Result<Self> {
        let (sender, lines) = channel();
        // Leaked if the run ends before the input does.
        thread::Builder::new().name("debug".to_owned()).spawn(move || {
            for line in input.lines() {
                if line.is_err() || sender.send(()).is_err() {
                    return;
                }
            }
        })?;
        let output = Mutex::new(Box::new(output) as Box<dyn Write + Send>);
        Ok(Self { role: role.into(), lines: Mutex::new(lines), output })
    }

    /// Returns whether processes of `role` wait.
    pub(in crate::harmony) fn is_for(&self, role: &str) -> bool {
        self.role == role
    }

    /// Waits for a debugger of `process`, a line of input, the end of the process or that of the run.
    pub(super) fn wait(&self, process: &ChildProcess, name: &str, stop: &StopFlag) {
        let pid = process.pid();
        self.print(&format!(
            "{name} waits for a debugger:\n    gdb -p {pid}\n\
             The scenario goes on once a debugger is attached, or after Enter."
        ));
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let mut input_ended = false;
        while !is_process_traced(pid) {
            if stop.is_set() || process.exit().is_some() {
                return;
            }
            match lines.recv_timeout(POLL_INTERVAL) {
                Ok(()) => return,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    if !input_ended {
                        self.print("Standard input has ended: only a debugger lets it go on.");
                        input_ended = true;
                    }
                    thread::sleep(POLL_INTERVAL);
                }
            }
        }
        self.print(&format!("A debugger is attached to {name}."));
    }

    fn print(&self, text: &str) {
        let mut output = self.output.lock().unwrap_or_else(PoisonError::into_inner);
        // Without the output the wait goes on all the same.
        let _ = writeln!(output, "{text}");
        let _ = output.flush();
    }
}

impl fmt::Debug for DebugPause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DebugPause").field("role", &self.role).finish_non_exhaustive()
    }
}
