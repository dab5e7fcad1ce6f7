//! The serve process: reads requests, executes steps one after the other and answers every request.
//!
//! The *session* thread owns the scenario's state; it reads a request, executes its step and reads
//! the next, so a step costs no change of threads. While a step takes its time a *standby* thread
//! reads on, so `health` is answered while a step hangs. The *caller's* thread waits for the end. A
//! step past its deadline is answered by the watchdog; its thread is abandoned together with its
//! state and another one takes over.
//!
//! Matching and executing steps is the [`engine`](crate::engine)'s business.

mod dispatch;
mod executor;
mod options;
mod request_queue;
mod response_writer;
mod scenario;
mod server;
mod shutdown;
mod stdio;

pub use options::{InvalidStepTimeout, ServeOptions};
pub use server::{run_stdio, serve};
pub use shutdown::ShutdownReason;
