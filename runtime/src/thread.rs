//! Threads that nobody joins.

use std::io;
use std::thread::Builder;

/// What a thread does; one type for all, so that starting one is compiled once.
pub(crate) type Body = Box<dyn FnOnce() + Send>;

/// Starts a thread of this name.
///
/// # Errors
/// When the system refuses it.
pub(crate) fn spawn(
    name: impl Into<String>,
    body: impl FnOnce() + Send + 'static,
) -> io::Result<()> {
    start(Builder::new().name(name.into()), Box::new(body))
}

/// Starts a thread as it was laid out.
///
/// # Errors
/// When the system refuses it.
pub(crate) fn start(thread: Builder, body: Body) -> io::Result<()> {
    thread.spawn(body).map(drop)
}
