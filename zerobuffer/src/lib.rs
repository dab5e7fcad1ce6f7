//! Shared-memory ring with zero-copy frames, wire-compatible with ZeroBuffer v1.
//!
//! Two processes exchange frames, which are byte strings of any length, through shared
//! memory: one [`Writer`] writes them, one [`Reader`] reads them in order. Neither has to copy
//! them: a [`FrameSlot`] is filled in place, a [`Frame`] is read in place. The C++, C#
//! and Python libraries of ZeroBuffer v1 can be on the other side.
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
//! } // dropping a frame returns its space to the writer
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
//! - [`WaitSet`] waits for many rings in one thread; [`PollReader`] and [`PollWriter`] wait beside other
//!   things, with `poll`, mio or tokio.
//! - `AsyncReader` and `AsyncWriter` (feature `tokio`) wait in tasks instead of threads.
//! - [`BufferReader`] and [`BufferWriter`] are traits for both sides, without borrows, for step code and
//!   bindings, and for test doubles.
//! - [`inspect`] shows a buffer from outside; [`list_stale`] lists the objects of killed processes, [`remove_stale`]
//!   removes them.
//! - [`WriterOptions::start_sequence`] and [`BufferConfig::on_writer_handover`] let one writer follow
//!   another.
//!
//! # Sizes and times
//!
//! All sizes and positions are bytes, all timeouts are [`Duration`](std::time::Duration)s by the
//! monotonic clock. Metadata and payload sizes are rounded up to 64. A frame takes 16 bytes more
//! than its data and lies in one piece, so only frames up to
//! [`guaranteed_frame_len`](Reader::guaranteed_frame_len), a little less than half the ring, fit
//! from every position; longer ones may be refused with [`Error::FrameNeverFits`].
//!
//! The death of the other process is detected within about 20 ms, and so is its close. For that, the first
//! wait of more than about 8 ms starts one thread in the process. It sleeps until the system reports the end
//! of the other side: by inotify, and by a file descriptor of its process, which each such reader or
//! writer keeps open. An idle wait then wakes once in ten seconds. It wakes twice in one second
//!
//! - before the other side has connected,
//! - if the other side uses another library, whose close a forked child of it can hide,
//! - if its process is in another PID namespace or of another user.
//!
//! Where the system refuses inotify (by default a user can have 128 instances), the end is detected within
//! 100 ms.
//!
//! # Cleanup
//!
//! A process that returns from `main` or calls [`std::process::exit`] leaves nothing behind, even
//! while threads still use readers and writers. A process that is killed leaves its objects; the
//! next reader of the same name removes them. A forked child removes nothing of its parent.
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
//! # Cache lines of a frame
//!
#![doc = include_str!("cache_lines.md")]
//!
//! # Safety
//!
#![doc = include_str!("safety.md")]
//!
//! # Comparison with other ZeroBuffer libraries
//!
#![doc = include_str!("comparison.md")]
//!
//! # Hazards
//!
#![doc = include_str!("hazards.md")]
//!
//! # Platforms
//!
#![doc = include_str!("platforms.md")]
//!
//! # Non-goals
//!
//! - Protocol version 2, and with it mutable duplex servers and shared payloads.
//! - Several clients of one channel at a time, or several threads that handle its requests: the wire
//!   has one writer per buffer, and responses come in the order of their requests.
//! - Authentication. Every process that may open the objects may read and change them; the
//!   [permissions](BufferConfig::permissions) are the only protection. Damaged memory gives an error or
//!   wrong content, never an access outside the buffer. An owner that truncates the object under a
//!   running process can still end that process by SIGBUS.
//! - More than one writer or reader at a time, and more than one frame held by a reader.

#![deny(unsafe_code)]

// One condition for the whole crate: anywhere else the only error is the sentence at the end.
cfg_if::cfg_if! {
    if #[cfg(all(
        target_os = "linux",
        target_env = "gnu",
        target_endian = "little",
        target_pointer_width = "64"
    ))] {
        mod attach;
        mod batching;
        mod config;
        #[expect(unsafe_code, reason = "views mapped memory as atomics")]
        mod control_block;
        mod copy;
        mod creation;
        mod deadline;
        mod duplex;
        mod end_traits;
        mod error;
        #[expect(unsafe_code, reason = "registers the C exit handler")]
        mod exit_hook;
        #[expect(unsafe_code, reason = "registers the fork handler")]
        mod fork_guard;
        mod frame;
        mod frame_wait;
        mod frames;
        mod inspect;
        mod layout;
        mod lending;
        mod liveness;
        mod lock_file;
        mod lookahead;
        #[expect(unsafe_code, reason = "views mapped memory as bytes")]
        mod mapping;
        mod memory_limit;
        mod metadata;
        mod name;
        mod ownership;
        #[expect(unsafe_code, reason = "makes a system call that no other crate here offers")]
        mod pidfd;
        mod poll;
        mod post_wait;
        #[expect(unsafe_code, reason = "gives hints to the processor")]
        mod prefetch;
        mod read_cursor;
        mod reader;
        mod ring_math;
        #[cfg(test)]
        mod ring_model;
        #[expect(unsafe_code, reason = "calls the semaphores of the C library")]
        mod semaphore;
        mod shared_memory;
        mod sleeper;
        mod slot_lock;
        mod space_wait;
        mod spin;
        mod stale;
        mod state;
        #[cfg(feature = "tokio")]
        mod tokio;
        mod unread;
        mod wait_set;
        mod watch;
        mod write_cursor;
        mod writer;
        mod writer_options;

        #[cfg(feature = "tokio")]
        pub use self::tokio::{AsyncReader, AsyncWriter};
        pub use config::{BufferConfig, Liveness, WriterHandover};
        pub use duplex::{
            DuplexClient, DuplexClientOptions, DuplexError, DuplexServer, DuplexStats, HandlerError,
            ProcessingMode, Responder, RunningServer, ServerHandle,
        };
        pub use end_traits::{BufferReader, BufferWriter, HeldFrame};
        pub use error::{Error, Result};
        pub use frame::{Frame, FrameSlot};
        pub use frames::Frames;
        pub use inspect::{Health, Inspection, PeerState, inspect};
        pub use poll::{PollReader, PollWriter};
        pub use reader::Reader;
        pub use stale::{StaleBuffer, list_stale, list_stale_in, remove_stale};
        pub use state::{BufferState, ControlState, ReaderStats, WriterState, WriterStats};
        pub use wait_set::{ReaderKey, WaitSet};
        pub use writer::Writer;
        pub use writer_options::WriterOptions;
    } else {
        compile_error!(
            "zerobuffer works only on 64-bit little-endian Linux with glibc; its documentation lists what a port needs"
        );
    }
}
