//! Ctrl-C: the first one ends the run after the running steps, the second one at once. Both complete the
//! reports; a third one does not. The loss of the terminal (SIGHUP) is like the first one.

use std::io::{self, Write as _};
use std::process;
use std::thread::{Builder, sleep};
use std::time::Duration;

use super::error::CommandError;
use crate::cli::exit_code::EXIT_INTERRUPTED;
use crate::local::{record_exit, record_interrupt};
use crate::model::StopFlag;
use crate::platform::{EndSignal, EndSignals, stderr_file};

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
    // `nohup` starts programs that go on without their terminal.
    let mut signals = EndSignals::listen_unless_ignored()?;
    // The output capture may redirect standard error later.
    let mut stderr = stderr_file()?;
    let thread = Builder::new().name("signals".to_owned()).stack_size(STACK_BYTES);
    let body = move || {
        loop {
            let signal = signals.wait();
            record_interrupt();
            // Shells send it again when the terminal has sent it.
            if signal == EndSignal::Hangup && stop.is_set() {
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
