//! Where the events of one process are recorded: the trace of the run, and the log file of the process.

use super::exit::Exit;
use super::last_line::LastLine;
use super::log_file::LogFile;
use super::message_line::abbreviate;
use super::trace::{Direction, Endpoint, TraceWriter};
use crate::model::{LogRecord, ProcessChangeKind};

/// The name of the event of a line on standard error.
const STDERR: &str = "stderr";

/// The outputs for the events of a process that has not started yet.
#[derive(Debug, Clone, Default)]
pub(in crate::harmony) struct Recording {
    /// The process as the trace names it.
    pub(in crate::harmony) endpoint: Endpoint,
    pub(in crate::harmony) trace: Option<TraceWriter>,
    pub(in crate::harmony) log: Option<LogFile>,
    pub(in crate::harmony) printed: LastLine,
}

/// Records the events of a process. Shared by the threads that notice them.
#[derive(Debug)]
pub(in crate::harmony) struct Recorder {
    recording: Recording,
    pid: u32,
}

impl Recording {
    /// Returns a recorder for the process with this id.
    pub(super) fn of(self, pid: u32) -> Recorder {
        Recorder { recording: self, pid }
    }
}

impl Recorder {
    /// Records that the process was started by `command`.
    pub(super) fn started(&self, command: &str) {
        self.record(ProcessChangeKind::Started.as_str(), command);
    }

    /// Records a change that the runner caused or noticed.
    pub(super) fn changed(&self, kind: ProcessChangeKind) {
        self.record(kind.as_str(), "");
    }

    /// Records the end of the process.
    pub(super) fn exited(&self, exit: Exit) {
        self.record(ProcessChangeKind::Exited.as_str(), &exit.to_string());
    }

    /// Records a line on standard error.
    pub(super) fn stderr(&self, line: &str) {
        self.recording.printed.set(line);
        self.record(STDERR, line);
    }

    /// Records a message; only the trace has it whole.
    pub(super) fn message(&self, direction: Direction, body: &[u8]) {
        if let Some(trace) = &self.recording.trace {
            trace.record(&self.recording.endpoint, self.pid, direction, body);
        }
        if let Some(log) = &self.recording.log {
            log.write(direction.arrow(), &abbreviate(&String::from_utf8_lossy(body)));
        }
    }

    /// Records a log record from the result of a step. The trace has it in the message.
    pub(super) fn log(&self, record: &LogRecord) {
        if let Some(log) = &self.recording.log {
            log.write(record.level.as_str(), &record.message);
        }
    }

    fn record(&self, event: &str, detail: &str) {
        let Recording { endpoint, trace, log, .. } = &self.recording;
        if let Some(trace) = trace {
            trace.record_event(endpoint, self.pid, event, detail);
        }
        if let Some(log) = log {
            match event == ProcessChangeKind::Started.as_str() {
                true => log.write(event, &format!("pid {}: {detail}", self.pid)),
                false => log.write(event, detail),
            }
        }
    }
}
