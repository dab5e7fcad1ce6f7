//! The request loop of a server: one client after the other, one request after the other.
//!
//! A client can end at most its own session. Both buffers of the channel are created again
//! for the next client, because readers and writers of all implementations number from 1.

use std::any::Any;
use std::error::Error as StdError;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use super::ChannelNames;
use super::responder::Responder;
use crate::config::{BufferConfig, WriterHandover};
use crate::error::{Error, Result};
use crate::frame::Frame;
use crate::reader::Reader;
use crate::stale;
use crate::writer::Writer;

/// Longest wait for a request before the stop flag is checked.
const SLICE: Duration = Duration::from_millis(100);

/// The same while the client's response buffer is not found yet.
const ATTACH_SLICE: Duration = Duration::from_millis(5);

/// Number of the first request of every client.
const FIRST_REQUEST: u64 = 1;

/// Error of a handler.
pub type HandlerError = Box<dyn StdError + Send + Sync>;

/// Error of one request or one client. The server continues.
#[derive(Debug)]
#[non_exhaustive]
pub enum DuplexError {
    /// The handler returned an error.
    Handler {
        /// Number of the request.
        request: u64,
        /// Returned error.
        error: HandlerError,
    },
    /// The handler panicked.
    Panic {
        /// Number of the request.
        request: u64,
        /// Panic message.
        message: String,
    },
    /// The handler returned without a response.
    NoResponse {
        /// Number of the request.
        request: u64,
    },
    /// The client died, or what it wrote is damaged; its session is over.
    Client(Error),
}

impl fmt::Display for DuplexError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Handler { request, error } => write!(f, "request {request}: {error}"),
            Self::Panic { request, message } => {
                write!(f, "request {request}: the handler panicked: {message}")
            }
            Self::NoResponse { request } => {
                write!(f, "request {request}: the handler wrote no response")
            }
            Self::Client(error) => write!(f, "the client's session is over: {error}"),
        }
    }
}

/// Statistics of a server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DuplexStats {
    /// Clients that have sent a request.
    pub clients: u64,
    /// Requests handed to the handler.
    pub requests: u64,
    /// Responses written.
    pub responses: u64,
    /// Errors reported.
    pub errors: u64,
}

/// Counters behind [`DuplexStats`].
#[derive(Debug, Default)]
pub(super) struct Counters {
    clients: AtomicU64,
    requests: AtomicU64,
    responses: AtomicU64,
    errors: AtomicU64,
}

impl Counters {
    pub(super) fn stats(&self) -> DuplexStats {
        // Relaxed: independent statistics.
        let load = |number: &AtomicU64| number.load(Ordering::Relaxed);
        DuplexStats {
            clients: load(&self.clients),
            requests: load(&self.requests),
            responses: load(&self.responses),
            errors: load(&self.errors),
        }
    }

    fn add(number: &AtomicU64, count: u64) {
        // Relaxed: see `stats`.
        number.fetch_add(count, Ordering::Relaxed);
    }
}

/// Stop flag of a server.
#[derive(Debug, Default)]
pub(super) struct Stop(AtomicBool);

impl Stop {
    pub(super) fn request(&self) {
        // Relaxed: polled repeatedly; it publishes no other data.
        self.0.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_requested(&self) -> bool {
        // Relaxed: see `request`.
        self.0.load(Ordering::Relaxed)
    }
}

pub(super) type OnMetadata = Box<dyn FnMut(&[u8]) + Send>;
pub(super) type OnError = Box<dyn FnMut(DuplexError) + Send>;

/// A running server.
pub(super) struct RequestLoop<'a, H> {
    pub(super) names: &'a ChannelNames,
    pub(super) config: &'a BufferConfig,
    pub(super) response_timeout: Duration,
    pub(super) stop: &'a Stop,
    pub(super) counters: &'a Counters,
    pub(super) on_metadata: Option<OnMetadata>,
    pub(super) on_error: Option<OnError>,
    pub(super) handler: H,
}

/// Reason for the end of a session.
enum Ended {
    /// The client has closed or died.
    Gone,
    /// The client's frames cannot be read.
    Damaged,
    Stopped,
}

/// Creates the request buffer.
pub(super) fn create_requests(names: &ChannelNames, config: &BufferConfig) -> Result<Reader> {
    // A client that connects before the end of its predecessor is detected numbers from 1.
    let config = config.clone().on_writer_handover(WriterHandover::Resync);
    Reader::create(names.request.as_str(), config)
}

impl<H> RequestLoop<'_, H>
where
    H: FnMut(Frame<'_>, &mut Responder<'_>) -> std::result::Result<(), HandlerError>,
{
    /// Serves until it is stopped.
    ///
    /// # Errors
    /// The request buffer cannot be created again for the next client.
    pub(super) fn run(mut self, mut requests: Reader) -> Result<()> {
        loop {
            let obsolete = match self.serve_client(&mut requests) {
                // With the writer slot claimed, no client can connect to the obsolete buffer. If
                // one was faster, it continues with the same buffer.
                Ended::Gone => requests.block_writers(),
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
        let mut session_started = false;
        loop {
            if self.stop.is_requested() {
                return Ended::Stopped;
            }
            self.attach_responses(requests, &mut responses);
            let slice = if responses.is_some() { SLICE } else { ATTACH_SLICE };
            let number = match requests.wait_for_sequence(slice) {
                Ok(Some(number)) => number,
                Ok(None) => continue,
                Err(error) => {
                    drop(responses);
                    return self.end_session(error);
                }
            };
            if number == FIRST_REQUEST {
                // Another client may have followed one that has sent nothing, or died unnoticed.
                session_started = false;
                responses = responses.filter(Writer::is_current);
            }
            // Again: the client may have connected during the wait.
            self.attach_responses(requests, &mut responses);
            if responses.is_none() && requests.is_writer_connected() {
                // It creates its response buffer after it has connected.
                std::thread::sleep(ATTACH_SLICE);
                continue;
            }
            if !std::mem::replace(&mut session_started, true) {
                self.start_session(requests);
            }
            self.serve_request(requests, responses.as_mut());
        }
    }

    /// Connects to the response buffer of the current client.
    ///
    /// One process reads the responses and writes the requests, so another reader of responses is
    /// that of an earlier client.
    fn attach_responses(&self, requests: &Reader, responses: &mut Option<Writer>) {
        let client = requests.writer_pid();
        if client == 0 {
            return;
        }
        *responses = responses.take().filter(|writer| writer.reader_pid() == client);
        if responses.is_none() {
            // Not prefaulted: the buffer may belong to a client that is gone.
            *responses = Writer::options()
                .prefault(false)
                .spin_budget(self.config.waiting().spin_budget)
                .liveness(self.config.waiting().liveness)
                .open(self.names.response.as_str())
                .ok()
                .filter(|writer| writer.reader_pid() == client);
        }
    }

    fn start_session(&mut self, requests: &Reader) {
        Counters::add(&self.counters.clients, 1);
        let Some(on_metadata) = &mut self.on_metadata else { return };
        match requests.metadata() {
            Ok(Some(metadata)) => on_metadata(&metadata),
            Ok(None) => {}
            Err(error) => self.report(DuplexError::Client(error)),
        }
    }

    fn end_session(&mut self, error: Error) -> Ended {
        let ended = match error {
            Error::WriterClosed { .. } => return Ended::Gone,
            Error::WriterDead { .. } => Ended::Gone,
            _ => Ended::Damaged,
        };
        self.report(DuplexError::Client(error));
        // A killed client leaves its buffer. If removing it fails, the next client replaces it.
        let _ = stale::remove_stale_name(&self.names.response, self.config.lock_directory());
        ended
    }

    fn serve_request(&mut self, requests: &mut Reader, mut responses: Option<&mut Writer>) {
        let frame = match requests.try_read() {
            Ok(Some(frame)) => frame,
            // The frame is damaged; the next wait reports it.
            Ok(None) | Err(_) => return,
        };
        let request = frame.sequence();
        let written = responses.as_ref().map_or(0, |writer| writer.stats().frames_written);
        let mut responder = Responder::new(
            &self.names.channel,
            request,
            responses.as_deref_mut(),
            self.stop,
            self.response_timeout,
        );
        Counters::add(&self.counters.requests, 1);
        // Both buffers are consistent after a panic: the frame is released, an unfinished response
        // dropped.
        let outcome = catch_unwind(AssertUnwindSafe(|| (self.handler)(frame, &mut responder)));
        let attempted = responder.attempted;
        let now = responses.as_ref().map_or(0, |writer| writer.stats().frames_written);
        Counters::add(&self.counters.responses, now - written);
        match outcome {
            Ok(Ok(())) if attempted => {}
            Ok(Ok(())) => self.report(DuplexError::NoResponse { request }),
            Ok(Err(error)) => self.report(DuplexError::Handler { request, error }),
            Err(panic) => {
                self.report(DuplexError::Panic { request, message: message_of(&*panic) });
            }
        }
    }

    fn report(&mut self, error: DuplexError) {
        Counters::add(&self.counters.errors, 1);
        if let Some(on_error) = &mut self.on_error {
            on_error(error);
        }
    }
}

fn message_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "without a message".to_owned())
}
