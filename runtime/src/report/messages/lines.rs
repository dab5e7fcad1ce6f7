//! The parts of every message: an envelope on a line, ids, and times.

use std::io::{self, Write};
use std::time::{Duration, SystemTime};

use serde::Serialize;

/// The id of the run of a stream; a stream holds one run.
pub(super) const RUN: &str = "run";

/// A writer of envelopes, one per line.
#[derive(Debug)]
pub(super) struct Lines<W>(pub(super) W);

impl<W: Write> Lines<W> {
    /// Writes one envelope; `name` is the name of its message.
    pub(super) fn write(&mut self, name: &str, message: impl Serialize) -> io::Result<()> {
        write!(self.0, "{{\"{name}\":")?;
        serde_json::to_writer(&mut self.0, &message)?;
        self.0.write_all(b"}\n")
    }
}

/// A source of ids that are unique in the stream.
#[derive(Debug, Default)]
pub(super) struct Ids(u64);

impl Ids {
    /// Returns a new id.
    pub(super) fn next(&mut self) -> String {
        self.0 += 1;
        self.0.to_string()
    }
}

/// A time or a duration, as the protocol represents it.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Time {
    seconds: u64,
    nanos: u32,
}

/// Returns a time as the protocol represents it.
pub(super) fn timestamp(time: SystemTime) -> Time {
    duration(time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default())
}

/// Returns a duration as the protocol represents it.
pub(super) fn duration(duration: Duration) -> Time {
    Time { seconds: duration.as_secs(), nanos: duration.subsec_nanos() }
}
