//! The activity of a process as reports show it: its state changes, messages and standard error.

use std::time::{Duration, Instant};

use super::connection::Connection;
use super::trace::Direction;
use crate::model::{ProcessActivity, ProcessChange, ProcessChangeKind, ProcessMessage, StderrLine};

/// Returns the activity of a process under `name`; times count from `run_began`.
pub(super) fn process_activity(
    connection: &Connection,
    name: String,
    run_began: Instant,
) -> ProcessActivity {
    let since = |at: Instant| at.saturating_duration_since(run_began);
    let messages = connection.transcript().map(|entry| ProcessMessage {
        at: since(entry.at),
        is_request: entry.direction == Direction::Sent,
        body: entry.text.clone(),
    });
    let stderr = connection.process.stderr_tail();
    ProcessActivity {
        process: name.into(),
        pid: connection.process.pid(),
        changes: changes(connection, since),
        messages: messages.collect(),
        stderr: stderr.into_iter().map(|(at, text)| StderrLine { at: since(at), text }).collect(),
    }
}

/// Returns the changes that the runner caused, and the end of the process.
fn changes(connection: &Connection, since: impl Fn(Instant) -> Duration) -> Vec<ProcessChange> {
    let caused = connection.changes().iter().map(|change| ProcessChange {
        at: since(change.at),
        kind: change.kind,
        detail: String::new(),
    });
    let mut changes: Vec<_> = caused.collect();
    let process = &connection.process;
    if let (Some(exit), Some(at)) = (process.exit(), process.exit_time()) {
        let kind = ProcessChangeKind::Exited;
        changes.push(ProcessChange { at: since(at), kind, detail: exit.to_string() });
    }
    changes
}
