//! The serve process: reads requests, executes steps one after the other, answers every one.
//!
//! The *session* thread owns the scenario's state; it reads a request, executes its step and reads
//! the next, so a step costs no change of threads. While a step takes its time a *standby* thread
//! reads on, so `health` is answered while a step hangs. The *caller's* thread waits for the end. A
//! step past its deadline is answered by the watchdog; its thread is given up together with its
//! state and another one takes over.
//!
//! What a step is and how it runs is the [`engine`](crate::engine)'s business.

mod dispatch;
mod lane;
mod perform;
mod replies;
mod scene;
mod stdio;

use std::env;
use std::io::{self, Read, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use self::dispatch::Dispatch;
use self::lane::Lane;
use self::perform::Performer;
use self::replies::Replies;
use self::stdio::{Printed, TakenStdio, Waker};
use super::frame::FrameReader;
use super::message::RequestId;
use crate::channel::{Receiver, Sender, channel};
use crate::engine::{Registry, RegistryError};
use crate::thread::spawn;

/// The environment variable that sets [`ServeOptions::step_timeout`], in ms.
pub const STEP_TIMEOUT_VARIABLE: &str = "HARMONY_BDD_STEP_TIMEOUT_MS";

/// The exit code of a serve process that could not start.
const CANNOT_START: u8 = 2;

/// How long the end waits for a running step before it is given up.
const LAST_STEP: Duration = Duration::from_millis(250);

/// How long the end waits for an idle scenario to drop its state.
const RELEASE: Duration = Duration::from_secs(2);

/// How a serve process behaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServeOptions {
    /// The time a step has when its definition says nothing; 30 s by default.
    pub step_timeout: Duration,
}

impl Default for ServeOptions {
    fn default() -> Self {
        Self { step_timeout: Duration::from_secs(30) }
    }
}

impl ServeOptions {
    /// The default, changed by [`STEP_TIMEOUT_VARIABLE`] where it is set.
    ///
    /// # Errors
    /// One sentence when the variable is not a number of ms above zero.
    pub fn from_env() -> Result<Self, String> {
        let mut options = Self::default();
        if let Some(value) = env::var_os(STEP_TIMEOUT_VARIABLE) {
            let ms = value.to_str().and_then(|text| text.trim().parse().ok()).filter(|&ms| ms > 0);
            options.step_timeout = Duration::from_millis(ms.ok_or_else(|| {
                format!("{STEP_TIMEOUT_VARIABLE} must be a number of ms above zero, not {value:?}")
            })?);
        }
        Ok(options)
    }
}

/// Why serving ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// The input ended: the normal way a runner ends a serve process.
    InputEnded,
    /// `shutdown` was asked for and has been answered.
    Shutdown,
    /// `crash` was asked for and has been answered; the process is to abort.
    Crash,
    /// Nobody reads the replies any more.
    OutputClosed,
    /// A signal asked the process to end.
    Terminated,
}

/// What the parts of a serve process tell the thread that waits for the end.
#[derive(Debug, PartialEq)]
enum Ending {
    /// It is over for this reason.
    Now(End),
    /// `shutdown` came and wants its reply after those of the steps before it.
    Shutdown(Option<RequestId>),
}

/// Serves on this process's stdin and stdout until the input ends, `shutdown`, SIGTERM, SIGINT or
/// SIGHUP; on `crash` the process aborts.
///
/// Standard output becomes the wire and nothing else: whatever a step prints goes to its log.
/// Standard input is taken as well, so a step that reads from it finds it empty.
/// Return the code from `main`: threads of steps that hang end with the process.
pub fn run_stdio(registry: Registry, options: ServeOptions) -> ExitCode {
    match start_stdio(registry, options) {
        Ok(End::Crash) => std::process::abort(),
        Ok(_) => ExitCode::SUCCESS,
        Err(reason) => {
            // Where stderr is closed as well there is nobody left to tell.
            let _ = writeln!(io::stderr(), "cannot serve: {reason}");
            ExitCode::from(CANNOT_START)
        }
    }
}

fn start_stdio(registry: Registry, options: ServeOptions) -> Result<End, String> {
    if registry.definitions().len() == 0 {
        return Err(RegistryError::Empty.to_string());
    }
    let TakenStdio { input, output, beside } =
        stdio::take().map_err(|e| format!("stdin and stdout cannot be taken over: {e}"))?;
    let (endings, ended) = channel();
    end_on_signals(endings.clone()).map_err(|e| format!("signals cannot be watched: {e}"))?;
    let printed = beside.printed.clone();
    let end = serve_until(input, output, registry, options, Some(beside), endings, ended)
        .map_err(|e| e.to_string());
    printed.spill();
    end
}

/// Serves on any pair of streams, and says why it ended.
///
/// Where serving ends for another reason than the end of the input, the thread that reads `input`
/// is left behind. [`End::Crash`] is returned, not acted upon.
///
/// # Errors
/// When a thread cannot be started.
pub fn serve(
    input: impl Read + Send + 'static,
    output: impl Write + Send + 'static,
    registry: Registry,
    options: ServeOptions,
) -> io::Result<End> {
    let (endings, ended) = channel();
    serve_until(input, output, registry, options, None, endings, ended)
}

/// What a process has beside its wire.
struct Beside {
    printed: Printed,
    /// Ends the input from this side.
    waker: Waker,
}

fn serve_until(
    input: impl Read + Send + 'static,
    output: impl Write + Send + 'static,
    registry: Registry,
    options: ServeOptions,
    beside: Option<Beside>,
    endings: Sender<Ending>,
    ended: Receiver<Ending>,
) -> io::Result<End> {
    let (printed, waker) = beside.map(|b| (b.printed, b.waker)).unzip();
    let registry = Arc::new(registry);
    let replies = Replies::new(output, endings.clone());
    let dispatch = Dispatch::new(Arc::clone(&registry), replies.clone());
    let performer = Performer::new(registry, options.step_timeout, replies.clone(), printed)?;
    let frames = FrameReader::new(Box::new(input) as Box<dyn Read + Send>);
    let lane = Lane::start(dispatch, performer, frames, endings)?;
    // The threads that hold the senders end only after an ending was sent.
    let ending = ended.recv().unwrap_or(Ending::Now(End::InputEnded));
    if ending == Ending::Now(End::Crash) {
        return Ok(End::Crash);
    }
    if let Some(waker) = waker {
        waker.wake();
    }
    lane.close(LAST_STEP);
    let end = match ending {
        Ending::Now(end) => end,
        Ending::Shutdown(id) => {
            replies.result(id.as_ref(), "null");
            End::Shutdown
        }
    };
    lane.wait_for_release(RELEASE);
    Ok(end)
}

fn end_on_signals(endings: Sender<Ending>) -> io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let mut signals = signal_hook::iterator::Signals::new([SIGTERM, SIGINT, SIGHUP])?;
    spawn("signals", move || {
        if signals.forever().next().is_some() {
            let _ = endings.send(Ending::Now(End::Terminated));
        }
    })
}
