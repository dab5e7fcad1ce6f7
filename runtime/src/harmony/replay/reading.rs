//! Reading the conversations of one role from a trace.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::model::ProcessChangeKind;

/// The messages between a runner and one process.
#[derive(Debug, Clone, PartialEq)]
pub struct Conversation {
    /// The scenario with its combination.
    pub scenario: String,
    /// The label of the process: its role, or `second` and its role.
    pub process: String,
    /// The name of its platform.
    pub platform: String,
    pid: u64,
    pub(super) entries: Vec<Entry>,
}

impl Conversation {
    /// Returns the role of the process.
    pub fn role(&self) -> &str {
        self.process.strip_prefix("second ").unwrap_or(&self.process)
    }
}

/// A line of the trace.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Entry {
    /// A request of the runner.
    Request { id: Value, method: String, params: Value },
    /// The reply to a request.
    Reply { id: Value, result: Result<Value, Value> },
    /// Output that is not a message.
    Garbage(String),
    /// The runner killed the process, or asked it to end.
    EndedByRunner,
    /// The process ended, in this way.
    Exited(String),
}

/// The reason why there is nothing to replay.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TraceError {
    /// The file cannot be read.
    #[error("{path}: cannot read the trace: {reason}", path = .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The reason that the system gave.
        reason: io::Error,
    },
    /// A line is not one of a trace.
    #[error(
        "{path}:{line}: not a line of a trace, which `harmony --trace FILE` writes: {reason}",
        path = .path.display()
    )]
    Line {
        /// The file.
        path: PathBuf,
        /// The number of the line.
        line: usize,
        /// The reason.
        reason: LineError,
    },
    /// No process has the role.
    #[error("{path}: no messages of role '{role}'; roles: {known}", path = .path.display())]
    NoRole {
        /// The file.
        path: PathBuf,
        /// The role.
        role: String,
        /// The roles that there are.
        known: String,
    },
    /// No scenario has the words in its name.
    #[error(
        "{path}: no scenario with role '{role}' has {words:?} in its name",
        path = .path.display()
    )]
    NoScenario {
        /// The file.
        path: PathBuf,
        /// The role.
        role: String,
        /// The words.
        words: String,
    },
}

/// The reason why a line is not one of a trace.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LineError {
    /// It is not JSON.
    #[error("not JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// A member is missing, or is not of the type that it has in a trace.
    #[error("`{0}` is missing")]
    Missing(&'static str),
    /// `dir` is not one of the two directions.
    #[error("`dir` must be \"->\" or \"<-\", not {0:?}")]
    Direction(String),
}

/// Reads the conversations of the processes labelled `role`, of scenarios with `words` in their names, in
/// the order of their first lines.
///
/// # Errors
/// [`TraceError`], also if there is no such conversation.
pub fn read_conversations(
    path: &Path,
    role: &str,
    words: Option<&str>,
) -> Result<Vec<Conversation>, TraceError> {
    let read_error = |reason| TraceError::Read { path: path.to_owned(), reason };
    let lines = BufReader::new(File::open(path).map_err(read_error)?).lines();
    let mut all: Vec<Conversation> = Vec::new();
    for (index, line) in lines.enumerate() {
        let line = line.map_err(read_error)?;
        if line.trim().is_empty() {
            continue;
        }
        add_line(&mut all, &line).map_err(|reason| TraceError::Line {
            path: path.to_owned(),
            line: index + 1,
            reason,
        })?;
    }
    let mut known: Vec<String> = all.iter().map(|found| found.process.clone()).collect();
    all.retain(|found| found.process == role);
    if all.is_empty() {
        known.sort();
        known.dedup();
        let (role, known) = (role.to_owned(), known.join(", "));
        return Err(TraceError::NoRole { path: path.to_owned(), role, known });
    }
    if let Some(words) = words {
        all.retain(|found| found.scenario.contains(words));
        if all.is_empty() {
            let (role, words) = (role.to_owned(), words.to_owned());
            return Err(TraceError::NoScenario { path: path.to_owned(), role, words });
        }
    }
    Ok(all)
}

/// Adds a line to the conversation that it belongs to.
fn add_line(all: &mut Vec<Conversation>, line: &str) -> Result<(), LineError> {
    let object: Map<String, Value> = serde_json::from_str(line)?;
    let text = |name| {
        let text = object.get(name).and_then(Value::as_str);
        text.map(str::to_owned).ok_or(LineError::Missing(name))
    };
    let (scenario, process, platform) = (text("scenario")?, text("process")?, text("platform")?);
    let pid = object.get("pid").and_then(Value::as_u64).ok_or(LineError::Missing("pid"))?;
    let entry = match object.get("event").and_then(Value::as_str) {
        Some(event) => read_event(event, text("detail")?),
        None => read_message(&text("dir")?, object.get("body").ok_or(LineError::Missing("body"))?)?,
    };
    let is_same = |found: &&mut Conversation| {
        found.pid == pid && found.process == process && found.scenario == scenario
    };
    match all.iter_mut().find(is_same) {
        Some(found) => found.entries.extend(entry),
        None => {
            let entries = entry.into_iter().collect();
            all.push(Conversation { scenario, process, platform, pid, entries });
        }
    }
    Ok(())
}

/// Reads an event: only the end of the process matters, and whether the runner caused it.
fn read_event(event: &str, detail: String) -> Option<Entry> {
    let ends = [ProcessChangeKind::Killed, ProcessChangeKind::Crashed, ProcessChangeKind::ShutDown];
    if event == ProcessChangeKind::Exited.as_str() {
        return Some(Entry::Exited(detail));
    }
    ends.iter().any(|end| event == end.as_str()).then_some(Entry::EndedByRunner)
}

/// Reads a message; `None` for one that a replay does not repeat.
fn read_message(direction: &str, body: &Value) -> Result<Option<Entry>, LineError> {
    let is_sent = match direction {
        "->" => true,
        "<-" => false,
        other => return Err(LineError::Direction(other.to_owned())),
    };
    let Some(object) = body.as_object() else {
        let text = body.as_str().map_or_else(|| body.to_string(), str::to_owned);
        return Ok((!is_sent).then_some(Entry::Garbage(text)));
    };
    let id = member(object, "id");
    match object.get("method").and_then(Value::as_str) {
        Some(method) if is_sent => {
            let params = member(object, "params");
            Ok(Some(Entry::Request { id, method: method.to_owned(), params }))
        }
        // What the serve asked for, and the answer to it.
        Some(_) => Ok(None),
        None if is_sent => Ok(None),
        None => {
            let error = object.get("error").filter(|error| !error.is_null());
            let result = match error {
                Some(error) => Err(error.clone()),
                None => Ok(member(object, "result")),
            };
            Ok(Some(Entry::Reply { id, result }))
        }
    }
}

fn member(object: &Map<String, Value>, name: &str) -> Value {
    object.get(name).cloned().unwrap_or_default()
}
