//! The work of a server: one client after the other, one request after the other.
//!
//! Whatever a client does, it ends at most its own session. Both ends of the channel are made anew
//! for the next client, because readers and writers of all implementations number from 1.

use std::any::Any;
use std::error::Error as StdError;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use super::ChannelNames;
use super::responder::Responder;
use crate::config::{BufferConfig, WriterChange};
use crate::error::{Error, Result};
use crate::frame::Frame;
use crate::reader::Reader;
use crate::stale;
use crate::state::WriterState;
use crate::writer::Writer;

/// How long to wait for a request at most before looking whether to stop.
const SLICE: Duration = Duration::from_millis(100);

/// The same while the client's response buffer is not found yet.
const ATTACH_SLICE: Duration = Duration::from_millis(5);

/// Why a handler did not answer.
pub type HandlerError = Box<dyn StdError + Send + Sync>;

/// Something that went wrong for one request or one client. The server goes on.
#[derive(Debug)]
#[non_exhaustive]
pub enum DuplexFault {
    /// The handler returned an error.
    Handler {
        /// Number of the request.
        request: u64,
        /// What it returned.
        error: HandlerError,
    },
    /// The handler panicked.
    Panic {
        /// Number of the request.
        request: u64,
        /// What it said.
        message: String,
    },
    /// The client died, or what it wrote is damaged; its session is over.
    Client(Error),
}

impl fmt::Display for DuplexFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Handler { request, error } => write!(f, "request {request}: {error}"),
            Self::Panic { request, message } => {
                write!(f, "request {request}: the handler panicked: {message}")
            }
            Self::Client(error) => write!(f, "the client's session is over: {error}"),
        }
    }
}

/// What a server has done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DuplexStats {
    /// Clients that have sent a request.
    pub clients: u64,
    /// Requests handed to the handler.
    pub requests: u64,
    /// Responses written.
    pub responses: u64,
    /// Faults met.
    pub faults: u64,
}

/// The numbers of [`DuplexStats`] while they are counted.
#[derive(Debug, Default)]
pub(super) struct Counters {
    clients: AtomicU64,
    requests: AtomicU64,
    responses: AtomicU64,
    faults: AtomicU64,
}

impl Counters {
    pub(super) fn stats(&self) -> DuplexStats {
        // Relaxed: numbers to look at, each by itself.
        let load = |number: &AtomicU64| number.load(Ordering::Relaxed);
        DuplexStats {
            clients: load(&self.clients),
            requests: load(&self.requests),
            responses: load(&self.responses),
            faults: load(&self.faults),
        }
    }

    fn add(number: &AtomicU64, count: u64) {
        // Relaxed: see `stats`.
        number.fetch_add(count, Ordering::Relaxed);
    }
}

/// The wish that a server stops.
#[derive(Debug, Default)]
pub(super) struct Stop(AtomicBool);

impl Stop {
    pub(super) fn request(&self) {
        // Relaxed: looked at again and again; nothing else is told by it.
        self.0.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_requested(&self) -> bool {
        // Relaxed: see `request`.
        self.0.load(Ordering::Relaxed)
    }
}

pub(super) type OnMetadata = Box<dyn FnMut(&[u8]) + Send>;
pub(super) type OnFault = Box<dyn FnMut(DuplexFault) + Send>;

/// A server at work.
pub(super) struct RequestLoop<'a, H> {
    pub(super) names: &'a ChannelNames,
    pub(super) config: &'a BufferConfig,
    pub(super) response_timeout: Duration,
    pub(super) stop: &'a Stop,
    pub(super) counters: &'a Counters,
    pub(super) on_metadata: Option<OnMetadata>,
    pub(super) on_fault: Option<OnFault>,
    pub(super) handler: H,
}

/// What a session was over with.
enum Ended {
    /// The client has closed its end or died.
    Gone,
    /// What the client has written cannot be read.
    Damaged,
    Stopped,
}

/// Creates the buffer of requests.
pub(super) fn create_requests(names: &ChannelNames, config: &BufferConfig) -> Result<Reader> {
    // A client that follows another one faster than that is noticed numbers from 1.
    let config = config.clone().on_writer_change(WriterChange::Resync);
    Reader::create(names.request.as_str(), config)
}

impl<H> RequestLoop<'_, H>
where
    H: FnMut(Frame<'_>, &mut Responder<'_>) -> std::result::Result<(), HandlerError>,
{
    /// Serves until it is stopped.
    ///
    /// # Errors
    /// The buffer of requests cannot be made anew for the next client.
    pub(super) fn run(mut self, mut requests: Reader) -> Result<()> {
        loop {
            let obsolete = match self.serve_client(&mut requests) {
                // With the writer's place taken, no client can connect to what is about to go. If
                // one has been faster, it goes on with the same buffer.
                Ended::Gone => requests.bar_writers(),
                Ended::Damaged => true,
                Ended::Stopped => return Ok(()),
            };
            if obsolete {
                drop(requests);
                requests = create_requests(self.names, self.config)?;
            }
        }
    }

    fn serve_client(&mut self, requests: &mut Reader) -> Ended {
        let mut responses = None;
        let mut greeted = false;
        let mut resyncs = requests.stats().resyncs;
        loop {
            if self.stop.is_requested() {
                return Ended::Stopped;
            }
            self.attach_responses(requests, &mut responses);
            let slice = if responses.is_some() { SLICE } else { ATTACH_SLICE };
            match requests.wait_for_frame(slice) {
                Ok(true) => {}
                Ok(false) => continue,
                Err(error) => {
                    drop(responses);
                    return self.part_with_client(error);
                }
            }
            if requests.stats().resyncs != resyncs {
                // Another client has taken the place of the first and made its own response buffer.
                resyncs = requests.stats().resyncs;
                responses = None;
                greeted = false;
                self.attach_responses(requests, &mut responses);
            }
            if responses.is_none() && requests.is_writer_connected() {
                // It makes its response buffer after it has connected.
                std::thread::sleep(ATTACH_SLICE);
                continue;
            }
            if !std::mem::replace(&mut greeted, true) {
                self.greet_client(requests);
            }
            self.serve_request(requests, responses.as_mut());
        }
    }

    /// Connects to the response buffer once there is a client, and again if it has another one.
    fn attach_responses(&self, requests: &Reader, responses: &mut Option<Writer>) {
        if requests.state().control.writer_pid == 0 {
            return;
        }
        if responses.as_ref().is_some_and(|writer| writer.state().control.reader_pid == 0) {
            *responses = None;
        }
        if responses.is_none() {
            // Not prefaulted: the buffer may be the remains of a client that is gone.
            *responses = Writer::options()
                .prefault(false)
                .spin_budget(self.config.waiting().spin_budget)
                .liveness(self.config.waiting().liveness)
                .open(self.names.response.as_str())
                .ok();
        }
    }

    fn greet_client(&mut self, requests: &Reader) {
        Counters::add(&self.counters.clients, 1);
        let Some(on_metadata) = &mut self.on_metadata else { return };
        match requests.metadata() {
            Ok(Some(metadata)) => on_metadata(&metadata),
            Ok(None) => {}
            Err(error) => self.report(DuplexFault::Client(error)),
        }
    }

    fn part_with_client(&mut self, error: Error) -> Ended {
        let ended = match error {
            Error::WriterClosed { .. } => return Ended::Gone,
            Error::WriterDead { .. } => Ended::Gone,
            _ => Ended::Damaged,
        };
        self.report(DuplexFault::Client(error));
        // A client that was killed leaves its buffer. Failing leaves it to the next one.
        let _ = stale::clean_name(&self.names.response, self.config.lock_directory());
        ended
    }

    fn serve_request(&mut self, requests: &mut Reader, mut responses: Option<&mut Writer>) {
        let frame = match requests.try_read() {
            Ok(Some(frame)) => frame,
            // What was there is damaged; the next wait says so.
            Ok(None) | Err(_) => return,
        };
        let request = frame.sequence();
        let written = responses.as_ref().map_or(0, |writer| writer.stats().frames_written);
        let mut responder = Responder::new(
            &self.names.channel,
            responses.as_deref_mut(),
            self.stop,
            self.response_timeout,
        );
        Counters::add(&self.counters.requests, 1);
        // Both ends are whole after a panic: the frame is given back, an unfinished response drops.
        let outcome = catch_unwind(AssertUnwindSafe(|| (self.handler)(frame, &mut responder)));
        let now = responses.as_ref().map_or(0, |writer| writer.stats().frames_written);
        Counters::add(&self.counters.responses, now - written);
        match outcome {
            Ok(Ok(())) => {}
            Ok(Err(error)) => self.report(DuplexFault::Handler { request, error }),
            Err(panic) => {
                self.report(DuplexFault::Panic { request, message: message_of(&*panic) });
            }
        }
    }

    fn report(&mut self, fault: DuplexFault) {
        Counters::add(&self.counters.faults, 1);
        if let Some(on_fault) = &mut self.on_fault {
            on_fault(fault);
        }
    }
}

impl Reader {
    /// Takes the writer's place, so that none can connect any more; `false` if a living one has it.
    fn bar_writers(&self) -> bool {
        match self.writer_state() {
            WriterState::Connected { .. } => false,
            WriterState::Dead { pid } => self.claim_writer(pid),
            WriterState::NeverConnected | WriterState::Closed => self.claim_writer(0),
        }
    }
}

fn message_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "without a message".to_owned())
}
