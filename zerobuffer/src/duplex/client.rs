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

/// How long to wait for a response before looking whether the server is still there.
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
///     Some(response) => println!("{}", String::from_utf8_lossy(&response)),
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

/// Choices of a [`DuplexClient`].
#[derive(Clone, Debug)]
pub struct DuplexClientOptions {
    response: BufferConfig,
    request: WriterOptions,
}

impl DuplexClientOptions {
    /// Sizes and choices of the response buffer, which the client creates; 4096 bytes of metadata
    /// and 16 MiB of payload by default.
    #[must_use]
    pub fn response(mut self, config: BufferConfig) -> Self {
        self.response = config;
        self
    }

    /// Choices of the writer of requests, among them how long it waits for space.
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
        // The request buffer first: it says whether there is another client.
        let requests = self.open_requests(names.request.as_str(), timeout)?;
        let responses = Reader::create(names.response.as_str(), self.response.clone())?;
        Ok(DuplexClient { channel: names.channel, requests, responses })
    }

    fn open_requests(&self, name: &str, timeout: Duration) -> Result<Writer> {
        let deadline = Deadline::after(timeout);
        loop {
            match self.request.open(name) {
                // All of them pass when the server comes, or has noticed that its client is gone.
                Err(
                    Error::NotFound { .. }
                    | Error::NotReady { .. }
                    | Error::ReaderDead { .. }
                    | Error::WriterExists { .. }
                    | Error::SequenceUnknown { .. },
                ) if !deadline.passed() => {
                    std::thread::sleep(CONNECT_POLL.min(deadline.remaining()));
                }
                result => return result,
            }
        }
    }
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
    /// [`Error::WriterExists`] if it has another client, [`Error::SequenceUnknown`] if it had one and
    /// takes no second (as servers of other implementations); what [`Reader::create`] says of the
    /// response buffer.
    pub fn connect(channel: &str, timeout: Duration) -> Result<Self> {
        DuplexClientOptions::default().connect(channel, timeout)
    }

    /// The choices of a client, to be connected from there.
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

    /// Sends a request and gives its number, counted from 1.
    ///
    /// # Errors
    /// As [`Writer::write`].
    pub fn send(&mut self, request: &[u8]) -> Result<u64> {
        self.requests.write(request)
    }

    /// Space for a request of `len` bytes, to be filled in place; committing it sends it.
    ///
    /// # Errors
    /// As [`Writer::reserve`].
    pub fn reserve(&mut self, len: usize) -> Result<FrameSlot<'_>> {
        self.requests.reserve(len)
    }

    /// The next response, waiting for it up to `timeout`; `None` if there is none by then.
    ///
    /// The number of the frame is the number of the request it answers, as long as the server writes
    /// one response per request.
    ///
    /// # Errors
    /// [`Error::WriterClosed`] and [`Error::WriterDead`], or [`Error::ReaderDead`] if it has never
    /// connected its responses, when the server is gone and every response is read;
    /// [`Error::UnexpectedResponse`] for a response beyond the requests sent, which is skipped;
    /// otherwise as [`Reader::read`].
    pub fn receive(&mut self, timeout: Duration) -> Result<Option<Frame<'_>>> {
        let deadline = Deadline::after(timeout);
        while !self.responses.wait_for_frame(SLICE.min(deadline.remaining()))? {
            if deadline.passed() {
                return Ok(None);
            }
            if !self.requests.is_reader_connected() {
                self.explain_silence()?;
            }
        }
        let (number, sent) = (self.responses.next_sequence(), self.sent());
        let response = self.responses.try_read()?;
        if number > sent {
            let channel = self.channel.clone();
            return Err(Error::UnexpectedResponse { channel, number, sent });
        }
        Ok(response)
    }

    /// Sends a request and receives its response, waiting for it up to `timeout`; `None` if there is
    /// none by then. Late responses to earlier requests are skipped.
    ///
    /// # Errors
    /// As [`send`](Self::send) and [`receive`](Self::receive).
    pub fn request(&mut self, request: &[u8], timeout: Duration) -> Result<Option<Frame<'_>>> {
        let number = self.send(request)?;
        let deadline = Deadline::after(timeout);
        while self.responses.next_sequence() < number {
            if self.receive(deadline.remaining())?.is_none() {
                return Ok(None);
            }
        }
        self.receive(deadline.remaining())
    }

    /// Requests sent.
    #[must_use]
    pub fn sent(&self) -> u64 {
        self.requests.stats().frames_written
    }

    /// Requests sent for which no response has been received yet.
    #[must_use]
    pub fn unanswered(&self) -> u64 {
        self.sent().saturating_sub(self.responses.stats().frames_read)
    }

    /// Whether the server is alive, reads requests and has connected its responses.
    #[must_use]
    pub fn is_server_connected(&self) -> bool {
        self.requests.is_reader_connected() && self.responses.is_writer_connected()
    }

    /// Name of the channel.
    #[must_use]
    pub fn channel(&self) -> &str {
        &self.channel
    }

    /// The writer of requests, to look at.
    #[must_use]
    pub fn requests(&self) -> &Writer {
        &self.requests
    }

    /// The reader of responses, to look at.
    #[must_use]
    pub fn responses(&self) -> &Reader {
        &self.responses
    }

    /// Disconnects. The same as dropping the client.
    pub fn close(self) {}

    /// The server reads no requests any more. If it has left no response either, says so.
    fn explain_silence(&mut self) -> Result<()> {
        // Its writer closes before its reader, so what it has written is there by now.
        if self.responses.wait_for_frame(Duration::ZERO)? {
            return Ok(());
        }
        let (name, pid) =
            (self.requests.name().to_owned(), self.requests.state().control.reader_pid);
        Err(Error::ReaderDead { name, pid: (pid != 0).then_some(pid) })
    }
}
