//! The connection of a worker with its parent.

use std::env;
use std::fs::File;
use std::io;
use std::process::id;
use std::sync::{Mutex, OnceLock, PoisonError};

use crate::observe::{start_journal, write_to_journal};
use crate::platform::{self, Input, InputWaker};
use crate::schedule::AttemptId;

/// The variable by which the parent passes its id, and a file for the output of steps.
const VARIABLE: &str = "HARMONY_WORKER";

/// Set once this process is connected.
static IS_WORKER: OnceLock<()> = OnceLock::new();

/// The input, until the run takes it.
static INPUT: Mutex<Option<WorkerInput>> = Mutex::new(None);

/// The input of a worker.
pub(super) struct WorkerInput {
    pub(super) lines: Input,
    /// Without it the input ends.
    pub(super) _waker: InputWaker,
}

/// Returns true if this process runs the scenarios that its parent assigns.
pub fn is_worker() -> bool {
    IS_WORKER.get().is_some()
}

/// Returns the variable for a worker that this process starts. `output` names a file for the output of its
/// steps, if this process wants to read it after the worker has died.
pub(in crate::local) fn worker_variable(output: Option<&str>) -> (&'static str, String) {
    (VARIABLE, format!("{}:{}", id(), output.unwrap_or_default()))
}

/// Connects this process to the one that has started it as a worker, if one has. Returns the file for the
/// output of its steps, if there is one.
///
/// # Errors
/// Returns an error if the system refuses a descriptor.
pub(in crate::local) fn connect() -> io::Result<Option<Option<File>>> {
    let Some(output) = assigned_output() else { return Ok(None) };
    let (lines, _waker) = platform::take_stdin()?;
    *INPUT.lock().unwrap_or_else(PoisonError::into_inner) = Some(WorkerInput { lines, _waker });
    start_journal(platform::stdout_file()?);
    // What was printed before may have no line break.
    write_to_journal(String::new());
    platform::redirect_stdout(&platform::stderr_file()?)?;
    let _ = IS_WORKER.set(());
    let output = (!output.is_empty()).then(|| platform::open_shared_file(&output)).transpose();
    // Without the file the output of a step during which this process dies is lost.
    Ok(Some(output.unwrap_or_default()))
}

/// Takes the input, if this process is a worker.
pub(super) fn take_input() -> Option<WorkerInput> {
    INPUT.lock().unwrap_or_else(PoisonError::into_inner).take()
}

/// Returns the line that assigns an attempt to a worker.
pub(in crate::local) fn assignment_line(AttemptId { number, attempt }: AttemptId) -> String {
    format!("{number} {attempt}\n")
}

/// Returns the attempt of such a line.
pub(super) fn parse_assignment(line: &str) -> Option<AttemptId> {
    let (number, attempt) = line.split_once(' ')?;
    Some(AttemptId { number: number.parse().ok()?, attempt: attempt.parse().ok()? })
}

/// Returns the name of the file for output if the parent has started this process as a worker.
fn assigned_output() -> Option<String> {
    let text = env::var(VARIABLE).ok()?;
    let (parent, output) = text.split_once(':')?;
    // Processes that steps start inherit the variable.
    (parent.parse().ok() == platform::parent_id()).then(|| output.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assignment_is_read_as_it_was_written() {
        let id = AttemptId { number: 12, attempt: 3 };
        assert_eq!(parse_assignment(assignment_line(id).trim_end()), Some(id));
        assert_eq!(parse_assignment("12"), None);
        assert_eq!(parse_assignment("x 3"), None);
    }
}
