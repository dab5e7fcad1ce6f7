//! The client of a duplex channel.

use std::time::Duration;

use super::ChannelNames;
use crate::config::BufferConfig;
use crate::deadline::Deadline;
use crate::error::{Error, Result};
use crate::frame::{Frame, FrameSlot};
use crate::reader::Reader;
use crate::writer::Writer;
use crate::writer_options::WriterOptions;

/// Pause between two attempts to connect.
const CONNECT_POLL: Duration = Duration::from_millis(5);

/// Longest wait for a response before the server is checked.
const SLICE: Duration = Duration::from_millis(100);

const DEFAULT_METADATA_BYTES: usize = 4096;
const DEFAULT_RESPONSE_BYTES: usize = 16 << 20;

/// The client of a duplex channel: sends requests, receives the responses in their order.
///
/// Dropping it disconnects and removes the response buffer.
///
/// ```no_run
/// use std::time::Duration;
/// use zerobuffer::DuplexClient;
///
/// let second = Duration::from_secs(1);
/// let mut client = DuplexClient::connect("calc", second)?;
/// match client.request(b"2 + 2", second)? {
///     Some(response) => println!("{}", String::from_utf8_lossy(&response.to_bytes())),
///     None => println!("no answer for a second"),
/// }
/// # Ok::<(), zerobuffer::Error>(())
/// ```
#[derive(Debug)]
pub struct DuplexClient {
    channel: String,
    requests: Writer,
    responses: Reader,
}

/// Options of a [`DuplexClient`].
#[derive(Clone, Debug)]
pub struct DuplexClientOptions {
    response: BufferConfig,
    request: WriterOptions,
}

impl DuplexClientOptions {
    /// Sets sizes and options of the response buffer, which the client creates; 4096 bytes of
    /// metadata and 16 MiB of payload by default.
    #[must_use]
    pub fn response(mut self, config: BufferConfig) -> Self {
        self.response = config;
        self
    }

    /// Sets the options of the request writer, including how long it waits for space.
    #[must_use]
    pub fn request(mut self, options: WriterOptions) -> Self {
        self.request = options;
        self
    }

    /// Connects to the server of `channel`.
    ///
    /// # Errors
    /// As [`DuplexClient::connect`].
    pub fn connect(&self, channel: &str, timeout: Duration) -> Result<DuplexClient> {
        let names = ChannelNames::new(channel)?;
        // The request buffer first: it shows whether another client is connected.
        let requests = self.open_requests(names.request.as_str(), timeout)?;
        let response = self.response.clone().accept_gaps();
        let responses = Reader::create(names.response.as_str(), response)?;
        Ok(DuplexClient { channel: names.channel, requests, responses })
    }

    fn open_requests(&self, name: &str, timeout: Duration) -> Result<Writer> {
        let deadline = Deadline::after(timeout);
        loop {
            match self.request.open(name).and_then(refuse_metadata) {
                // All of them are temporary: the server may start, or detect that its client is
                // gone.
                Err(
                    Error::NotFound { .. }
                    | Error::NotReady { .. }
                    | Error::ReaderDead { .. }
                    | Error::WriterExists { .. }
                    | Error::SequenceUnknown { .. }
                    | Error::MetadataAlreadyWritten { .. },
                ) if !deadline.passed() => {
                    std::thread::sleep(CONNECT_POLL.min(deadline.remaining()));
                }
                result => return result,
            }
        }
    }
}

/// Refuses a request buffer with the metadata of an earlier client, which could not be replaced. The
/// refused writer closes, so that the server creates the buffer again.
fn refuse_metadata(requests: Writer) -> Result<Writer> {
    if requests.state().control.metadata_written_bytes == 0 {
        return Ok(requests);
    }
    Err(Error::MetadataAlreadyWritten { name: requests.name().to_owned() })
}

impl Default for DuplexClientOptions {
    fn default() -> Self {
        let response = BufferConfig::new(DEFAULT_METADATA_BYTES, DEFAULT_RESPONSE_BYTES)
            .expect("the default sizes fit every address space");
        Self { response, request: WriterOptions::default() }
    }
}

impl DuplexClient {
    /// Connects to the server of `channel`, waiting for it up to `timeout`. Zero does not wait.
    ///
    /// # Errors
    /// [`Error::InvalidName`], for a channel name also above 236 bytes; after `timeout`
    /// [`Error::NotFound`], [`Error::NotReady`] or [`Error::ReaderDead`] if there is no server,
    /// [`Error::WriterExists`] if it has another client, [`Error::SequenceUnknown`] if it had one
    /// and accepts no second (as servers of other implementations),
    /// [`Error::MetadataAlreadyWritten`] if that one has sent only metadata; the errors of
    /// [`Reader::create`] for the response buffer.
    pub fn connect(channel: &str, timeout: Duration) -> Result<Self> {
        DuplexClientOptions::default().connect(channel, timeout)
    }

    /// Returns the options of a client, to be connected from there.
    #[must_use]
    pub fn options() -> DuplexClientOptions {
        DuplexClientOptions::default()
    }

    /// Writes the metadata of the request buffer, which the server sees with the first request.
    ///
    /// # Errors
    /// As [`Writer::set_metadata`].
    pub fn set_metadata(&mut self, metadata: &[u8]) -> Result<()> {
        self.requests.set_metadata(metadata)
    }

    /// Sends a request and returns its number, counted from 1.
    ///
    /// # Errors
    /// As [`Writer::write`].
    pub fn send(&mut self, request: &[u8]) -> Result<u64> {
        self.requests.write(request)
    }

    /// Returns space for a request of `len` bytes, to be filled in place; committing it sends it.
    ///
    /// # Errors
    /// As [`Writer::reserve`].
    pub fn reserve(&mut self, len: usize) -> Result<FrameSlot<'_>> {
        self.requests.reserve(len)
    }

    /// Returns the next response, waiting up to `timeout`; `None` on timeout.
    ///
    /// The number of the frame is the number of the request it answers. A server of this crate skips
    /// the number of a request whose handler failed; servers of other implementations count their
    /// responses, so that a missing one shifts all later numbers.
    ///
    /// # Errors
    /// [`Error::WriterClosed`] and [`Error::WriterDead`], or [`Error::ReaderDead`] if it has never
    /// connected its responses, when the server is gone and every response is read;
    /// [`Error::UnexpectedResponse`] for a response beyond the requests sent, which is skipped;
    /// otherwise as [`Reader::read`].
    pub fn receive(&mut self, timeout: Duration) -> Result<Option<Frame<'_>>> {
        let deadline = Deadline::after(timeout);
        if self.wait_for_response(deadline)?.is_none() {
            return Ok(None);
        }
        let sent = self.sent();
        let response = self.responses.try_read()?;
        if let Some(response) = &response
            && response.sequence() > sent
        {
            let (channel, number) = (self.channel.clone(), response.sequence());
            return Err(Error::UnexpectedResponse { channel, number, sent });
        }
        Ok(response)
    }

    /// Waits for the next response and returns its number, without taking it.
    fn wait_for_response(&mut self, deadline: Deadline) -> Result<Option<u64>> {
        loop {
            let slice = SLICE.min(deadline.remaining());
            if let Some(number) = self.responses.wait_for_sequence(slice)? {
                return Ok(Some(number));
            }
            if deadline.passed() {
                return Ok(None);
            }
            if !self.requests.is_reader_connected() {
                self.check_server_alive()?;
            }
        }
    }

    /// Sends a request and receives its response, waiting for it up to `timeout`; `None` if there
    /// is none by then. Late responses to earlier requests are skipped.
    ///
    /// # Errors
    /// As [`send`](Self::send) and [`receive`](Self::receive).
    pub fn request(&mut self, request: &[u8], timeout: Duration) -> Result<Option<Frame<'_>>> {
        let number = self.send(request)?;
        let deadline = Deadline::after(timeout);
        while self.wait_for_response(deadline)?.is_some_and(|next| next < number) {
            drop(self.responses.try_read()?);
        }
        self.receive(deadline.remaining())
    }

    /// Returns the number of requests sent.
    #[must_use]
    pub fn sent(&self) -> u64 {
        self.requests.stats().frames_written
    }

    /// Returns the number of requests without a response so far.
    #[must_use]
    pub fn unanswered(&self) -> u64 {
        self.sent().saturating_sub(self.responses.stats().frames_read)
    }

    /// Returns whether the server is alive, reads requests and has connected its responses.
    #[must_use]
    pub fn is_server_connected(&self) -> bool {
        self.requests.is_reader_connected() && self.responses.is_writer_connected()
    }

    /// Returns the name of the channel.
    #[must_use]
    pub fn channel(&self) -> &str {
        &self.channel
    }

    /// Returns the writer of requests, for inspection.
    #[must_use]
    pub fn requests(&self) -> &Writer {
        &self.requests
    }

    /// Returns the reader of responses, for inspection.
    #[must_use]
    pub fn responses(&self) -> &Reader {
        &self.responses
    }

    /// Disconnects. The same as dropping the client.
    pub fn close(self) {}

    /// Fails if the server has stopped reading requests and left no response.
    fn check_server_alive(&mut self) -> Result<()> {
        // Its writer closes before its reader, so everything it has written is available by now.
        if self.responses.wait_for_frame(Duration::ZERO)? {
            return Ok(());
        }
        let (name, pid) =
            (self.requests.name().to_owned(), self.requests.state().control.reader_pid);
        Err(Error::ReaderDead { name, pid: (pid != 0).then_some(pid) })
    }
}
