//! Ctrl-C: the first one ends the run after the steps that are running, the second one at once.

use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::AsFd as _;
use std::process;
use std::thread::Builder;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use super::EXIT_INTERRUPTED;
use crate::local::StopFlag;
use crate::thread::start;

/// What waiting for a signal needs, in bytes; steps may ask for large stacks by `RUST_MIN_STACK`.
const STACK: usize = 64 * 1024;

const NOTICE: &str =
    "\nStopping: what runs may finish, and the hooks after it. Ctrl-C again ends at once.\n";

/// Sets `stop` when this process is asked to end, and says so on what is standard error by now.
///
/// # Errors
/// When the system refuses a signal handler or another thread.
pub(super) fn on_interrupt(stop: StopFlag) -> io::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    // Later it may be caught with what steps print.
    let mut stderr = File::from(io::stderr().as_fd().try_clone_to_owned()?);
    let thread = Builder::new().name("signals".to_owned()).stack_size(STACK);
    let body = Box::new(move || {
        for _ in signals.forever() {
            if stop.is_set() {
                // A plain exit: it still runs what the process registered for its end, so that
                // buffers of a hanging step are removed.
                process::exit(EXIT_INTERRUPTED.into());
            }
            stop.set();
            // Nobody is left to tell when stderr is gone.
            let _ = stderr.write_all(NOTICE.as_bytes());
        }
    });
    start(thread, body)
}
