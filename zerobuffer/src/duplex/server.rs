//! The server of a duplex channel: creating it, running it on this or another thread, stopping it.

use std::fmt;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use super::ChannelNames;
use super::request_loop::{
    Counters, DuplexError, DuplexStats, HandlerError, OnError, OnMetadata, RequestLoop, Stop,
    create_requests,
};
use super::responder::Responder;
use crate::config::BufferConfig;
use crate::deadline::Deadline;
use crate::error::{Error, Result};
use crate::frame::Frame;
use crate::reader::Reader;

const DEFAULT_RESPONSE_TIMEOUT: Duration = Duration::from_secs(5);

/// Longest wait for the handler when a running server is dropped.
const DROP_TIMEOUT: Duration = Duration::from_secs(1);

const JOIN_POLL: Duration = Duration::from_millis(1);

/// Order in which requests are handled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProcessingMode {
    /// One after the other.
    #[default]
    SingleThread,
    /// Several at a time. No implementation supports this: responses are matched by
    /// their order, which several threads cannot keep.
    ThreadPool,
}

/// The server of a duplex channel.
///
/// It serves one client at a time: it waits for a client without a timeout, and when the client
/// closes or dies it prepares the channel for the next. A handler that fails, panics or writes no
/// response costs only its request: later responses keep the numbers of their requests.
///
/// ```
/// use std::time::Duration;
/// use zerobuffer::{BufferConfig, DuplexClient, DuplexServer, ProcessingMode};
///
/// # let channel = &format!("doc-duplex-{}", std::process::id());
/// let server = DuplexServer::bind(channel, BufferConfig::new(4096, 1 << 20)?)?.start(
///     ProcessingMode::SingleThread,
///     |request, responder| {
///         let loud: Vec<u8> = request.iter().map(u8::to_ascii_uppercase).collect();
///         responder.write(&loud)?;
///         Ok(())
///     },
/// )?;
///
/// let second = Duration::from_secs(1);
/// let mut client = DuplexClient::connect(channel, second)?;
/// let response = client.request(b"hello", second)?.expect("an answer within a second");
/// assert_eq!(&*response, b"HELLO");
/// drop(response);
/// assert_eq!(server.stop()?.responses, 1);
/// # Ok::<(), zerobuffer::Error>(())
/// ```
pub struct DuplexServer {
    names: ChannelNames,
    config: BufferConfig,
    response_timeout: Duration,
    requests: Reader,
    on_metadata: Option<OnMetadata>,
    on_error: Option<OnError>,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    stop: Stop,
    counters: Counters,
}

impl DuplexServer {
    /// Creates the request buffer of `channel`. Clients can connect from now on.
    ///
    /// # Errors
    /// [`Error::InvalidName`], also for a channel name above 236 bytes; otherwise as
    /// [`Reader::create`], with [`Error::ReaderExists`] if the channel has a server.
    pub fn bind(channel: &str, config: BufferConfig) -> Result<Self> {
        let names = ChannelNames::new(channel)?;
        let requests = create_requests(&names, &config)?;
        Ok(Self {
            names,
            config,
            response_timeout: DEFAULT_RESPONSE_TIMEOUT,
            requests,
            on_metadata: None,
            on_error: None,
            shared: Arc::default(),
        })
    }

    /// Sets how long a handler waits for space for its response, 5 s by default.
    #[must_use]
    pub fn response_timeout(mut self, timeout: Duration) -> Self {
        self.response_timeout = timeout;
        self
    }

    /// Sets the callback for the metadata of a client. It is called before its first request is
    /// handled, and not if the client has written none by then.
    #[must_use]
    pub fn on_metadata(mut self, call: impl FnMut(&[u8]) + Send + 'static) -> Self {
        self.on_metadata = Some(Box::new(call));
        self
    }

    /// Sets the callback for errors that do not end the server.
    #[must_use]
    pub fn on_error(mut self, call: impl FnMut(DuplexError) + Send + 'static) -> Self {
        self.on_error = Some(Box::new(call));
        self
    }

    /// Serves on a dedicated thread.
    ///
    /// The handler gets a request and a [`Responder`], and must write exactly one response.
    /// If it returns an error or panics, the request stays without a response.
    ///
    /// # Errors
    /// [`Error::UnsupportedMode`] for [`ProcessingMode::ThreadPool`]; [`Error::Os`] if no thread
    /// can be started.
    pub fn start<H>(self, mode: ProcessingMode, handler: H) -> Result<RunningServer>
    where
        H: FnMut(Frame<'_>, &mut Responder<'_>) -> std::result::Result<(), HandlerError>
            + Send
            + 'static,
    {
        if mode != ProcessingMode::SingleThread {
            return Err(Error::UnsupportedMode { channel: self.names.channel });
        }
        let shared = Arc::clone(&self.shared);
        let channel = self.names.channel.clone();
        let thread = std::thread::Builder::new()
            .name("zerobuffer-duplex".into())
            .spawn(move || self.serve(handler).map(drop))
            .map_err(|error| Error::os("start the thread of the server", channel, error))?;
        Ok(RunningServer { shared, thread: Some(thread) })
    }

    /// Returns a handle that stops the server from another thread, or from its handler.
    #[must_use]
    pub fn handle(&self) -> ServerHandle {
        ServerHandle(Arc::clone(&self.shared))
    }

    /// Serves on this thread until it is [stopped](Self::handle). The handler is as in
    /// [`start`](Self::start).
    ///
    /// # Errors
    /// The errors of [`Reader::create`], when the request buffer is created again for the next
    /// client.
    pub fn serve<H>(self, handler: H) -> Result<DuplexStats>
    where
        H: FnMut(Frame<'_>, &mut Responder<'_>) -> std::result::Result<(), HandlerError>,
    {
        let request_loop = RequestLoop {
            names: &self.names,
            config: &self.config,
            response_timeout: self.response_timeout,
            stop: &self.shared.stop,
            counters: &self.shared.counters,
            on_metadata: self.on_metadata,
            on_error: self.on_error,
            handler,
        };
        request_loop.run(self.requests)?;
        Ok(self.shared.counters.stats())
    }
}

impl fmt::Debug for DuplexServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DuplexServer").field("names", &self.names).finish_non_exhaustive()
    }
}

/// Handle that stops a server.
#[derive(Clone, Debug)]
pub struct ServerHandle(Arc<Shared>);

impl ServerHandle {
    /// Requests the stop without waiting for it. A waiting server stops within about 100 ms.
    pub fn stop(&self) {
        self.0.stop.request();
    }
}

/// A server on a dedicated thread. Dropping it stops it, waiting up to a second for its handler.
#[derive(Debug)]
pub struct RunningServer {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<Result<()>>>,
}

impl RunningServer {
    /// Stops the server and removes its buffer, after a running handler has returned.
    ///
    /// A server that waits for a client, a request or space for a response stops within
    /// about 100 ms.
    ///
    /// # Errors
    /// As [`DuplexServer::serve`], if the server had ended by itself.
    pub fn stop(mut self) -> Result<DuplexStats> {
        self.shared.stop.request();
        match self.thread.take().map(JoinHandle::join) {
            Some(Ok(result)) => result?,
            // A panic of a callback is propagated as from a direct call.
            Some(Err(panic)) => std::panic::resume_unwind(panic),
            None => {}
        }
        Ok(self.stats())
    }

    /// Returns whether the server is running.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| !thread.is_finished())
    }

    /// Returns the statistics of the server.
    #[must_use]
    pub fn stats(&self) -> DuplexStats {
        self.shared.counters.stats()
    }
}

impl Drop for RunningServer {
    fn drop(&mut self) {
        self.shared.stop.request();
        let deadline = Deadline::after(DROP_TIMEOUT);
        // A handler that does not return keeps its thread; exit still removes its buffer.
        while self.is_running() && !deadline.passed() {
            std::thread::sleep(JOIN_POLL);
        }
    }
}
