//! Starts and ends serving, on any pair of streams or on stdin and stdout.

use std::io::{self, Read, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use super::dispatch::Dispatch;
use super::executor::Executor;
use super::options::ServeOptions;
use super::request_queue::RequestQueue;
use super::response_writer::ResponseWriter;
use super::shutdown::{ServeShutdown, ShutdownReason};
use super::stdio::{self, StdioExtras, TakenStdio};
use crate::engine::{Registry, RegistryError};
use crate::harmony::protocol::framing::FrameReader;
use crate::platform::EndSignals;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

/// The exit code of a serve process that could not start.
const CANNOT_START: u8 = 2;

/// The time that shutting down waits for a running step before it is abandoned.
const SHUTDOWN_STEP_TIMEOUT: Duration = Duration::from_millis(250);

/// The time that shutting down waits for an idle scenario to drop its state.
const STATE_DROP_TIMEOUT: Duration = Duration::from_secs(2);

/// The reason why serving could not start.
#[derive(Debug, thiserror::Error)]
enum ServeError {
    #[error(transparent)]
    Registry(RegistryError),
    #[error("stdin and stdout cannot be taken over: {0}")]
    Stdio(io::Error),
    #[error("cannot install a signal handler: {0}")]
    Signals(io::Error),
    #[error("cannot start a thread: {0}")]
    Thread(io::Error),
}

/// Serves on this process's stdin and stdout until the input ends, `shutdown`, SIGTERM, SIGINT or
/// SIGHUP; on `crash` the process aborts.
///
/// Standard output carries frames and nothing else: the output of a step goes to its log.
/// Standard input is taken over as well, so a step that reads from it finds it empty.
/// Return the code from `main`: threads of steps that hang end with the process.
pub fn run_stdio(registry: Registry, options: ServeOptions) -> ExitCode {
    match start_stdio(registry, options) {
        Ok(ShutdownReason::Crash) => std::process::abort(),
        Ok(_) => ExitCode::SUCCESS,
        Err(reason) => {
            // There is no other place for it if stderr is closed.
            let _ = writeln!(io::stderr(), "cannot serve: {reason}");
            ExitCode::from(CANNOT_START)
        }
    }
}

fn start_stdio(registry: Registry, options: ServeOptions) -> Result<ShutdownReason, ServeError> {
    if registry.definitions().len() == 0 {
        return Err(ServeError::Registry(RegistryError::Empty));
    }
    let TakenStdio { input, output, extras } = stdio::take().map_err(ServeError::Stdio)?;
    let (endings, ended) = channel();
    end_on_signals(endings.clone()).map_err(ServeError::Signals)?;
    let captured = extras.captured.clone();
    let end = serve_until(input, output, registry, options, Some(extras), endings, ended)
        .map_err(ServeError::Thread);
    captured.flush_to_stderr();
    end
}

/// Serves on any pair of streams; returns the reason for the end.
///
/// If serving ends for another reason than the end of the input, the thread that reads `input` is
/// leaked. [`ShutdownReason::Crash`] is returned, not acted upon.
///
/// # Errors
/// Returns an error if a thread cannot be started.
pub fn serve(
    input: impl Read + Send + 'static,
    output: impl Write + Send + 'static,
    registry: Registry,
    options: ServeOptions,
) -> io::Result<ShutdownReason> {
    let (endings, ended) = channel();
    serve_until(input, output, registry, options, None, endings, ended)
}

fn serve_until(
    input: impl Read + Send + 'static,
    output: impl Write + Send + 'static,
    registry: Registry,
    options: ServeOptions,
    extras: Option<StdioExtras>,
    endings: Sender<ServeShutdown>,
    ended: Receiver<ServeShutdown>,
) -> io::Result<ShutdownReason> {
    let (captured, waker) = extras.map(|b| (b.captured, b.waker)).unzip();
    let registry = Arc::new(registry);
    let responses = ResponseWriter::new(output, endings.clone());
    let dispatch = Dispatch::new(Arc::clone(&registry), responses.clone());
    let executor = Executor::new(registry, options, responses.clone(), captured)?;
    let frames = FrameReader::new(Box::new(input) as Box<dyn Read + Send>);
    let queue = RequestQueue::start(dispatch, executor, frames, endings)?;
    // The threads that hold the senders end only after they have sent.
    let ending = ended.recv().unwrap_or(ServeShutdown::Now(ShutdownReason::InputEnded));
    if ending == ServeShutdown::Now(ShutdownReason::Crash) {
        return Ok(ShutdownReason::Crash);
    }
    if let Some(waker) = waker {
        waker.wake();
    }
    queue.shut_down(SHUTDOWN_STEP_TIMEOUT);
    let end = match ending {
        ServeShutdown::Now(end) => end,
        ServeShutdown::Shutdown(id) => {
            responses.result(id.as_ref(), "null");
            ShutdownReason::Shutdown
        }
    };
    queue.wait_for_release(STATE_DROP_TIMEOUT);
    Ok(end)
}

fn end_on_signals(endings: Sender<ServeShutdown>) -> io::Result<()> {
    let mut signals = EndSignals::listen()?;
    thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || {
            signals.wait();
            let _ = endings.send(ServeShutdown::Now(ShutdownReason::Terminated));
        })
        .map(drop)
}
