//! The parts of every message: an envelope on a line, ids, and times.

use std::io::{self, Write};
use std::time::{Duration, SystemTime};

use serde::{Serialize, Serializer};

/// The id of the run of a stream; a stream holds one run.
pub(super) const RUN: &str = "run";

/// A writer of envelopes, one per line.
#[derive(Debug)]
pub(super) struct Lines<W> {
    pub(super) out: W,
    /// The line that is being written: the parts of a line are too short to be written alone.
    line: Vec<u8>,
}

impl<W: Write> Lines<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out, line: Vec::new() }
    }

    /// Writes one envelope; `name` is the name of its message.
    pub(super) fn write(&mut self, name: &str, message: impl Serialize) -> io::Result<()> {
        self.line.clear();
        self.line.extend_from_slice(b"{\"");
        self.line.extend_from_slice(name.as_bytes());
        self.line.extend_from_slice(b"\":");
        serde_json::to_writer(&mut self.line, &message)?;
        self.line.extend_from_slice(b"}\n");
        self.out.write_all(&self.line)
    }
}

/// An id that is unique in the stream. The protocol has texts, this stream numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Id(u64);

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        number_as_text(&self.0, serializer)
    }
}

/// Serializes a number as a text, for a field that the protocol declares as one.
pub(super) fn number_as_text<S: Serializer>(
    number: &u64,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(itoa::Buffer::new().format(*number))
}

/// A source of ids.
#[derive(Debug, Default)]
pub(super) struct Ids(u64);

impl Ids {
    /// Returns a new id.
    pub(super) fn next(&mut self) -> Id {
        self.0 += 1;
        Id(self.0)
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
