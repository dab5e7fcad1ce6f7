//! Shared-memory ring with zero-copy frames, wire-compatible with ZeroBuffer v1.
//!
//! Two processes exchange frames, which are byte strings of any length, through a piece of shared
//! memory: one [`Writer`] puts them in, one [`Reader`] takes them out in order. Neither copies more
//! than it wants to: a [`FrameSlot`] is filled in place, a [`Frame`] is read in place. The C++, C#
//! and Python libraries of ZeroBuffer v1 can be at the other end.
//!
//! The reader creates the buffer and owns it; the writer attaches.
//!
//! ```
//! use std::time::Duration;
//! use zerobuffer::{BufferConfig, Error, Reader, Writer};
//!
//! # let name = format!("doc-{}", std::process::id());
//! # let name = name.as_str();
//! let mut reader = Reader::create(name, BufferConfig::new(1024, 64 * 1024)?)?;
//!
//! let mut writer = Writer::open(name)?;
//! writer.set_metadata(b"640x480 rgb")?;
//! writer.write(b"copied into the ring")?;
//! let mut slot = writer.reserve(5)?; // 5 bytes of the ring itself
//! slot.copy_from_slice(b"or in");
//! slot.commit()?;
//! writer.close();
//!
//! assert_eq!(reader.metadata()?.as_deref(), Some(&b"640x480 rgb"[..]));
//! let second = Duration::from_secs(1);
//! while let Some(frame) = match reader.read(second) {
//!     Err(Error::WriterClosed { .. }) => None, // the end of the stream
//!     result => result?,
//! } {
//!     println!("frame {} has {} bytes", frame.sequence(), frame.len());
//! } // each frame is given back to the writer where it is dropped
//! # assert_eq!(reader.stats().frames_read, 2);
//! # Ok::<(), Error>(())
//! ```
//!
//! # Two processes
//!
//! Either may start first, and either may die at any time.
//!
//! ```no_run
#![doc = include_str!("../examples/two_processes.rs")]
//! ```
//!
//! # More than frames one way
//!
//! - [`DuplexServer`] and [`DuplexClient`] exchange requests and responses.
//! - `AsyncReader` and `AsyncWriter` (feature `tokio`) wait in tasks instead of threads.
//! - [`BufferReader`] and [`BufferWriter`] are both ends as traits, without borrows, for step code and
//!   bindings, and for doubles.
//! - [`inspect`] shows a buffer from outside; [`stale`] lists what killed processes left, [`clean`]
//!   removes it.
//! - [`WriterOptions::start_sequence`] and [`BufferConfig::on_writer_change`] let one writer follow
//!   another.
//!
//! # Sizes and times
//!
//! All sizes and positions are bytes, all timeouts are [`Duration`](std::time::Duration)s by the
//! monotonic clock. Metadata and payload sizes are rounded up to 64. A frame takes 16 bytes more
//! than its data and lies in one piece, so only frames up to
//! [`guaranteed_frame_len`](Reader::guaranteed_frame_len), a little less than half the ring, fit
//! from every position; longer ones may be refused with [`Error::FrameNeverFits`]. The death of the
//! other process is noticed within about 250 ms of waiting for it.
//!
//! # What is left behind
//!
//! Nothing, if the process ends by returning from `main` or by [`std::process::exit`], even while
//! threads still use readers and writers. A process that is killed leaves its objects; the next
//! reader of the same name removes them. A forked child destroys nothing of its parent's.
//!
//! # Objects
//!
//! Buffer `NAME` is the shared memory object `/dev/shm/NAME` (128 bytes of control block, metadata
//! block, ring), the semaphores `sem-w-NAME` and `sem-r-NAME`, and the lock file `NAME.lock` in
//! `/tmp/zerobuffer` or [another directory](BufferConfig::lock_dir).
//!
//! # Wire format
//!
#![doc = include_str!("wire_format.md")]
//!
//! # Safety
//!
#![doc = include_str!("safety.md")]
//!
//! # Compared with its peers
//!
#![doc = include_str!("comparison.md")]
//!
//! # Hazards
//!
#![doc = include_str!("hazards.md")]
//!
//! # Deliberately absent
//!
//! - Windows and macOS, 32-bit systems, C libraries that keep semaphores elsewhere than glibc.
//! - Protocol version 2, and with it mutable duplex servers and shared payloads.
//! - Several threads that handle the requests of one channel: responses are matched by their order.
//! - Authentication. Whoever may open the objects may read and change them; the
//!   [permissions](BufferConfig::mode) are the only protection. Damaged memory gives an error or
//!   wrong content, never an access outside the buffer. An owner that truncates the object under a
//!   running process can still end that process by SIGBUS.
//! - More than one writer or reader at a time, and more than one frame held by a reader.

#![deny(unsafe_code)]

#[cfg(not(target_os = "linux"))]
compile_error!("zerobuffer works on Linux only");
#[cfg(not(target_pointer_width = "64"))]
compile_error!("zerobuffer needs 64-bit atomics and addresses");

mod arrivals;
#[cfg(feature = "tokio")]
mod asynchronous;
mod attach;
mod claim;
mod config;
#[expect(unsafe_code, reason = "views mapped memory as atomics")]
mod control_block;
#[expect(unsafe_code, reason = "copies in assembly")]
mod copy_loop;
mod creation;
mod deadline;
mod duplex;
mod error;
#[expect(unsafe_code, reason = "registers the C exit handler")]
mod exit_hook;
mod frame;
mod frames;
mod inspect;
mod layout;
mod liveness;
mod lock_file;
#[expect(unsafe_code, reason = "views mapped memory as bytes")]
mod mapping;
mod name;
mod pace;
mod read_cursor;
mod reader;
mod ring_math;
#[cfg(test)]
mod ring_model;
#[expect(unsafe_code, reason = "calls the semaphores of the C library")]
mod semaphore;
mod shared_memory;
mod space;
mod spin;
mod stale;
mod state;
mod stepwise;
mod writer;
mod writer_options;

#[cfg(feature = "tokio")]
pub use asynchronous::{AsyncReader, AsyncWriter};
pub use config::{BufferConfig, Liveness, WriterChange};
pub use duplex::{
    DuplexClient, DuplexClientOptions, DuplexFault, DuplexServer, DuplexStats, HandlerError,
    ProcessingMode, Responder, RunningServer, ServerStopper,
};
pub use error::{Error, Result};
pub use frame::{Frame, FrameSlot};
pub use frames::Frames;
pub use inspect::{EndState, Health, Inspection, inspect};
pub use reader::Reader;
pub use stale::{StaleBuffer, clean, stale, stale_in};
pub use state::{BufferState, ControlState, ReaderStats, WriterState, WriterStats};
pub use stepwise::{BufferReader, BufferWriter, HeldFrame};
pub use writer::Writer;
pub use writer_options::WriterOptions;
