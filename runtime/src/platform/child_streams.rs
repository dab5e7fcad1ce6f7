//! The streams of a child process.

use std::process::{Child, ChildStderr, ChildStdin, ChildStdout};

/// The streams of a child process that are pipes.
pub(crate) struct ChildStreams {
    pub(crate) stdin: Option<ChildStdin>,
    pub(crate) stdout: Option<ChildStdout>,
    pub(crate) stderr: Option<ChildStderr>,
}

impl ChildStreams {
    /// Takes them from a child.
    pub(super) fn of(mut child: Child) -> (Self, Child) {
        let (stdin, stdout, stderr) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take());
        (Self { stdin, stdout, stderr }, child)
    }
}
