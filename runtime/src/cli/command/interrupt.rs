//! Ctrl-C: the first one ends the run after the running steps, the second one at once. Both complete the
//! reports; a third one does not. The loss of the terminal (SIGHUP) is like the first one.

use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::AsFd as _;
use std::process;
use std::thread::{Builder, sleep};
use std::time::Duration;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use super::error::CommandError;
use crate::cli::exit_code::EXIT_INTERRUPTED;
use crate::local::{record_exit, record_interrupt};
use crate::model::StopFlag;

/// Stack of the thread in bytes: small, although steps may request large stacks by `RUST_MIN_STACK`.
const STACK_BYTES: usize = 64 * 1024;

/// Time that the reports have after the second signal.
const REPORT_TIMEOUT: Duration = Duration::from_secs(2);

const NOTICE: &str =
    "\nStopping after the running steps and their hooks. Press Ctrl-C again to end at once.\n";

/// The output that announces the end of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Notice {
    /// A report shows it.
    InReport,
    /// Standard error.
    OnStderr,
}

/// Sets `stop` when this process receives SIGINT, SIGTERM or, unless it ignores it, SIGHUP.
///
/// # Errors
/// [`CommandError::SignalHandler`] if the system refuses a signal handler or a thread.
pub(super) fn stop_on_interrupt(stop: StopFlag, notice: Notice) -> Result<(), CommandError> {
    start_handler(stop, notice).map_err(CommandError::SignalHandler)
}

fn start_handler(stop: StopFlag, notice: Notice) -> io::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    // `nohup` starts programs that go on without their terminal.
    if !is_ignored(SIGHUP) {
        signals.add_signal(SIGHUP)?;
    }
    // The output capture may redirect standard error later.
    let mut stderr = File::from(io::stderr().as_fd().try_clone_to_owned()?);
    let thread = Builder::new().name("signals".to_owned()).stack_size(STACK_BYTES);
    let body = move || {
        for signal in signals.forever() {
            record_interrupt();
            // Shells send it again when the terminal has sent it.
            if signal == SIGHUP && stop.is_set() {
                continue;
            }
            if stop.is_set_at_once() {
                exit();
            } else if stop.is_set() {
                stop.set_at_once();
                exit_later()
            } else {
                stop.set();
                if notice == Notice::OnStderr {
                    // Without stderr the run stops all the same.
                    let _ = stderr.write_all(NOTICE.as_bytes());
                }
            }
        }
    };
    thread.spawn(body).map(drop)
}

/// Ends the process if the run does not, such as one that hangs in a hook of the suite.
fn exit_later() {
    let thread = Builder::new().name("exit".to_owned()).stack_size(STACK_BYTES);
    let body = || {
        sleep(REPORT_TIMEOUT);
        exit();
    };
    if thread.spawn(body).is_err() {
        exit();
    }
}

/// Ends the process. A plain exit runs the exit handlers of this process, so that buffers of a hung step
/// are removed.
fn exit() -> ! {
    record_exit(EXIT_INTERRUPTED);
    process::exit(EXIT_INTERRUPTED.into())
}

/// Returns whether this process ignores a signal, as its status file has it; false if that cannot be read.
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask & (1 << (signal - 1)) != 0)
}
