//! The error type of the crate.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// Result with the error of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// An error of a buffer. All sizes and positions are bytes.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The buffer name cannot name its system objects.
    #[error(
        "buffer name {name:?} ({length} bytes) is not usable: {reason}; use 1 to 245 bytes, for a channel 236, without '/' or NUL"
    )]
    InvalidName {
        /// The name as given.
        name: String,
        /// Its length in bytes.
        length: usize,
        /// Reason for the refusal.
        reason: &'static str,
    },
    /// The requested sizes do not fit a file or the address space.
    #[error(
        "metadata of {metadata} bytes and payload of {payload} bytes overflow the largest object; request less"
    )]
    SizeOverflow {
        /// Requested metadata size.
        metadata: u64,
        /// Requested payload size.
        payload: u64,
    },
    /// Shared memory has no room for the buffer.
    #[error(
        "buffer '{name}': {bytes} bytes do not fit into shared memory; free space in /dev/shm or request less"
    )]
    NoSpace {
        /// The buffer.
        name: String,
        /// Bytes the object needs.
        bytes: usize,
    },
    /// No reader has created this buffer.
    #[error("buffer '{name}' does not exist; create its reader first or wait for it")]
    NotFound {
        /// The buffer.
        name: String,
    },
    /// The buffer is half created, or its reader is just closing.
    #[error("buffer '{name}' is not ready: {missing}; try again or wait for it")]
    NotReady {
        /// The buffer.
        name: String,
        /// Missing part.
        missing: &'static str,
    },
    /// The object's sizes contradict each other.
    #[error(
        "buffer '{name}' has no valid layout: object of {object} bytes with metadata {metadata} and payload {payload}; re-create it"
    )]
    InvalidLayout {
        /// The buffer.
        name: String,
        /// Size of the shared memory object.
        object: u64,
        /// Metadata size its control block claims.
        metadata: u64,
        /// Payload size its control block claims.
        payload: u64,
    },
    /// The control block is not of protocol version 1.
    #[error(
        "buffer '{name}' has a control block of {control_block} bytes, version {major}; this library speaks 128 bytes, version 1"
    )]
    IncompatibleVersion {
        /// The buffer.
        name: String,
        /// Size the control block claims for itself.
        control_block: u32,
        /// Major version it claims.
        major: u8,
    },
    /// An object of this name exists that is not a ring buffer.
    #[error(
        "{path}: exists but is not a ring buffer, so it is left alone; remove it or choose another name"
    )]
    ForeignObject {
        /// The object.
        path: PathBuf,
    },
    /// Another reader owns the buffer.
    #[error("buffer '{name}' already has a reader{}; close that one or choose another name", of_process(*pid))]
    ReaderExists {
        /// The buffer.
        name: String,
        /// Process of that reader, if known.
        pid: Option<u64>,
    },
    /// Another writer is connected.
    #[error(
        "buffer '{name}' already has a writer (process {pid}); a ring takes one writer at a time"
    )]
    WriterExists {
        /// The buffer.
        name: String,
        /// Process of that writer.
        pid: u64,
    },
    /// Another process has claimed the writer slot.
    #[error("buffer '{name}': process {pid} has replaced this writer; open the buffer again")]
    WriterReplaced {
        /// The buffer.
        name: String,
        /// Process that is registered now, 0 if none.
        pid: u64,
    },
    /// A writer before this one has written frames, and the next number is not in shared memory.
    #[error(
        "buffer '{name}' has seen {written} frames or markers of an earlier writer; set `start_sequence` to continue the numbering"
    )]
    SequenceUnknown {
        /// The buffer.
        name: String,
        /// Frames and markers the earlier writer has written.
        written: u64,
    },
    /// No frame can follow one with the highest sequence number.
    #[error(
        "buffer '{name}': a writer cannot start with sequence number {sequence}; use a lower one"
    )]
    SequenceTooHigh {
        /// The buffer.
        name: String,
        /// The number.
        sequence: u64,
    },
    /// The reader has closed the buffer or died.
    #[error("buffer '{name}': the reader{} is gone; open the buffer again once it has a new one", of_process(*pid))]
    ReaderDead {
        /// The buffer.
        name: String,
        /// Process that died, `None` if it closed the buffer itself.
        pid: Option<u64>,
    },
    /// The writer died. Frames it had announced were all delivered before.
    #[error(
        "buffer '{name}': the writer (process {pid}) died; create the buffer again for a new one"
    )]
    WriterDead {
        /// The buffer.
        name: String,
        /// Process that died.
        pid: u64,
    },
    /// The writer has closed and every frame was delivered: the end of the stream.
    #[error("buffer '{name}': the writer has closed and no frame is left")]
    WriterClosed {
        /// The buffer.
        name: String,
    },
    /// The name of the buffer was removed, or refers to another object, before a writer connected: no
    /// writer can find the buffer any more.
    #[error(
        "buffer '{name}': its name was removed from /dev/shm, so that no writer can connect; create the buffer again"
    )]
    NameRemoved {
        /// The buffer.
        name: String,
    },
    /// The reader has not released space in time.
    #[error(
        "buffer '{name}' is full: {needed} bytes needed, {free} free after {waited:?}; read faster, or raise the size or the write timeout"
    )]
    BufferFull {
        /// The buffer.
        name: String,
        /// Bytes the frame needs with header and waste.
        needed: u64,
        /// Bytes that were free at the end.
        free: u64,
        /// Time spent waiting.
        waited: Duration,
    },
    /// A frame of length 0 has no representation on the wire.
    #[error("buffer '{name}': a frame must have at least 1 byte")]
    EmptyFrame {
        /// The buffer.
        name: String,
    },
    /// The frame is longer than the ring.
    #[error(
        "buffer '{name}': a frame of {len} bytes is longer than {max}, the most this ring takes"
    )]
    FrameTooLarge {
        /// The buffer.
        name: String,
        /// Length of the frame.
        len: u64,
        /// Longest frame of this ring.
        max: u64,
    },
    /// The frame cannot be placed from the current position, however empty the ring is.
    #[error(
        "buffer '{name}': a frame of {len} bytes cannot be placed from position {position} of {capacity} even when the ring is empty; up to {guaranteed} bytes always fit"
    )]
    FrameNeverFits {
        /// The buffer.
        name: String,
        /// Length of the frame.
        len: u64,
        /// Write position.
        position: u64,
        /// Size of the ring.
        capacity: u64,
        /// Longest frame that fits from every position.
        guaranteed: u64,
    },
    /// The next frame has the wrong number.
    #[error(
        "buffer '{name}': frame {expected} expected, {got} found; the stream is broken, create the buffer again"
    )]
    Sequence {
        /// The buffer.
        name: String,
        /// Number of the next frame.
        expected: u64,
        /// Number in its place.
        got: u64,
    },
    /// The metadata does not fit its block.
    #[error(
        "buffer '{name}': metadata of {len} bytes is longer than {max}, the most its block takes"
    )]
    MetadataTooLarge {
        /// The buffer.
        name: String,
        /// Length of the metadata.
        len: u64,
        /// Longest metadata of this buffer.
        max: u64,
    },
    /// Metadata can be written once in the life of a buffer.
    #[error("buffer '{name}' already has metadata; it can be written once")]
    MetadataAlreadyWritten {
        /// The buffer.
        name: String,
    },
    /// Shared memory holds a value that no correct peer writes.
    #[error(
        "buffer '{name}' is corrupt: {field} is {value}, {expected} expected; create the buffer again"
    )]
    Corrupt {
        /// The buffer.
        name: String,
        /// Name of the value in the protocol.
        field: &'static str,
        /// Value found.
        value: u64,
        /// Expected value.
        expected: String,
    },
    /// The server of a channel has written more responses than it got requests.
    #[error(
        "channel '{channel}': response {number} came, but only {sent} requests were sent; the server must write one response per request"
    )]
    UnexpectedResponse {
        /// The channel.
        channel: String,
        /// Number of the response.
        number: u64,
        /// Requests sent so far.
        sent: u64,
    },
    /// A handler has written a second response to one request.
    #[error(
        "channel '{channel}': request {request} already has its response; write one response per request"
    )]
    AlreadyAnswered {
        /// The channel.
        channel: String,
        /// Number of the request.
        request: u64,
    },
    /// A handler waited for space for its response when its server was stopped.
    #[error("channel '{channel}': the server is stopping, the response was not written")]
    ServerStopping {
        /// The channel.
        channel: String,
    },
    /// Requests can be handled one after the other only.
    #[error(
        "channel '{channel}': requests cannot be handled by several threads, since responses are matched by their order; use `SingleThread`"
    )]
    UnsupportedMode {
        /// The channel.
        channel: String,
    },
    /// The lock directory or lock file is not what it must be.
    #[error("{path}: {reason}; remove it or choose another lock directory")]
    UnsafeLock {
        /// Directory or file.
        path: PathBuf,
        /// Reason for the refusal.
        reason: &'static str,
    },
    /// The process is exiting and takes no new buffers.
    #[error("buffer '{name}': the process is exiting")]
    ProcessExiting {
        /// The buffer.
        name: String,
    },
    /// The operating system refused.
    #[error("{object}: cannot {action}: {source}")]
    Os {
        /// Attempted action.
        action: &'static str,
        /// Object of the action.
        object: String,
        /// Error of the system.
        source: io::Error,
    },
}

impl Error {
    pub(crate) fn os(
        action: &'static str,
        object: impl Into<String>,
        source: impl Into<io::Error>,
    ) -> Self {
        Self::Os { action, object: object.into(), source: source.into() }
    }
}

fn of_process(pid: Option<u64>) -> String {
    pid.map(|pid| format!(" (process {pid})")).unwrap_or_default()
}
