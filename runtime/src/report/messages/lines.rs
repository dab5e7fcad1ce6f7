//! The parts of every message: an envelope on a line, ids, and times.

use std::io::{self, Write};
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

/// The id of the run of a stream; a stream holds one run.
pub(super) const RUN: &str = "run";

/// A writer of envelopes, one per line.
#[derive(Debug)]
pub(super) struct Lines<W>(pub(super) W);

impl<W: Write> Lines<W> {
    /// Writes one envelope.
    pub(super) fn write(&mut self, name: &str, message: Value) -> io::Result<()> {
        serde_json::to_writer(&mut self.0, &json!({ name: message }))?;
        self.0.write_all(b"\n")
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

/// Returns a time as the protocol represents it.
pub(super) fn timestamp(time: SystemTime) -> Value {
    duration(time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default())
}

/// Returns a duration as the protocol represents it.
pub(super) fn duration(duration: Duration) -> Value {
    json!({ "seconds": duration.as_secs(), "nanos": duration.subsec_nanos() })
}
