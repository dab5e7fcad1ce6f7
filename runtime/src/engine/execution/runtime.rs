//! The async runtime of steps and hooks.

use std::io;

use tokio::runtime::{Builder, Runtime};

/// Creates a runtime for the calling thread alone.
pub(super) fn runtime() -> io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}
