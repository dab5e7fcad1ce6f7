//! Ctrl-C: the first one ends the run after the running steps, the second one at once.

use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::AsFd as _;
use std::process;
use std::thread::Builder;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use super::error::CommandError;
use crate::cli::exit_code::EXIT_INTERRUPTED;
use crate::local::{record_exit, record_interrupt};
use crate::model::StopFlag;

/// Stack of the thread in bytes: small, although steps may request large stacks by `RUST_MIN_STACK`.
const STACK_BYTES: usize = 64 * 1024;

const NOTICE: &str =
    "\nStopping after the running steps and their hooks. Press Ctrl-C again to quit immediately.\n";

/// Sets `stop` when this process receives SIGINT or SIGTERM, and announces it on standard error.
///
/// # Errors
/// [`CommandError::SignalHandler`] if the system refuses a signal handler or a thread.
pub(super) fn stop_on_interrupt(stop: StopFlag) -> Result<(), CommandError> {
    start_handler(stop).map_err(CommandError::SignalHandler)
}

fn start_handler(stop: StopFlag) -> io::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    // The output capture may redirect standard error later.
    let mut stderr = File::from(io::stderr().as_fd().try_clone_to_owned()?);
    let thread = Builder::new().name("signals".to_owned()).stack_size(STACK_BYTES);
    let body = move || {
        for _ in signals.forever() {
            record_interrupt();
            if stop.is_set() {
                // A plain exit runs the exit handlers of this process, so that buffers of a hung step
                // are removed.
                record_exit(EXIT_INTERRUPTED);
                process::exit(EXIT_INTERRUPTED.into());
            }
            stop.set();
            // Without stderr the run stops all the same.
            let _ = stderr.write_all(NOTICE.as_bytes());
        }
    };
    thread.spawn(body).map(drop)
}
