//! Shared-memory ring with zero-copy frames, wire-compatible with ZeroBuffer v1.

#![deny(unsafe_code)]

#[cfg(not(target_os = "linux"))]
compile_error!("zerobuffer works on Linux only");
#[cfg(not(target_pointer_width = "64"))]
compile_error!("zerobuffer needs 64-bit atomics and addresses");

mod attach;
mod claim;
mod config;
#[expect(unsafe_code, reason = "views mapped memory as atomics")]
mod control_block;
mod creation;
mod deadline;
mod error;
#[expect(unsafe_code, reason = "registers the C exit handler")]
mod exit_hook;
mod frame;
mod layout;
mod liveness;
mod lock_file;
#[expect(unsafe_code, reason = "views mapped memory as bytes")]
mod mapping;
mod name;
mod reader;
mod ring_math;
#[expect(unsafe_code, reason = "calls the semaphores of the C library")]
mod semaphore;
mod shared_memory;
mod spin;
mod state;
mod stepwise;
mod writer;
mod writer_options;

pub use config::{BufferConfig, Liveness};
pub use error::{Error, Result};
pub use frame::{Frame, FrameSlot};
pub use reader::Reader;
pub use state::{BufferState, ControlState, ReaderStats, WriterState, WriterStats};
pub use stepwise::{BufferReader, BufferWriter, HeldFrame};
pub use writer::Writer;
pub use writer_options::WriterOptions;
