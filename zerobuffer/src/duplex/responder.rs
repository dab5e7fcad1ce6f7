//! The response side of a handler.

use std::time::Duration;

use super::request_loop::Stop;
use crate::copy;
use crate::deadline::Deadline;
use crate::error::{Error, Result};
use crate::frame::FrameSlot;
use crate::writer::Writer;

/// Longest wait for space before the stop flag is checked.
const SLICE: Duration = Duration::from_millis(20);

/// Writes the response to one request.
///
/// The response gets the number of its request, so a handler must write exactly one: a second one is
/// refused, and a request without a response leaves a gap in the numbers of the responses.
#[derive(Debug)]
pub struct Responder<'a> {
    channel: &'a str,
    /// Number of the request.
    request: u64,
    /// True once the handler has tried to respond.
    pub(super) attempted: bool,
    /// `None` if the client left before its response buffer was found.
    writer: Option<&'a mut Writer>,
    stop: &'a Stop,
    timeout: Duration,
}

impl<'a> Responder<'a> {
    pub(super) fn new(
        channel: &'a str,
        request: u64,
        writer: Option<&'a mut Writer>,
        stop: &'a Stop,
        timeout: Duration,
    ) -> Self {
        Self { channel, request, attempted: false, writer, stop, timeout }
    }

    /// Sends the response and returns its number, which is that of the request.
    ///
    /// # Errors
    /// As [`reserve`](Self::reserve) and [`FrameSlot::commit`].
    pub fn write(&mut self, response: &[u8]) -> Result<u64> {
        let mut slot = self.reserve(response.len())?;
        copy::copy(&mut slot, response);
        slot.commit()
    }

    /// Returns space for a response of `len` bytes, to be filled in place; committing it sends it.
    /// Waits for space up to the [response timeout](super::DuplexServer::response_timeout).
    ///
    /// # Errors
    /// [`Error::AlreadyAnswered`] if the request has its response; [`Error::ReaderDead`] if the
    /// client is gone; [`Error::ServerStopping`] if the server is
    /// stopped meanwhile; otherwise as [`Writer::reserve`].
    pub fn reserve(&mut self, len: usize) -> Result<FrameSlot<'_>> {
        self.attempted = true;
        let Some(writer) = self.writer.as_deref_mut() else {
            return Err(Error::ReaderDead {
                name: format!("{}_response", self.channel),
                pid: None,
            });
        };
        if writer.next_sequence() > self.request {
            let (channel, request) = (self.channel.to_owned(), self.request);
            return Err(Error::AlreadyAnswered { channel, request });
        }
        writer.set_next_sequence(self.request);
        let deadline = Deadline::after(self.timeout);
        while !writer.wait_for_space(len, SLICE.min(deadline.remaining()))? && !deadline.passed() {
            if self.stop.is_requested() {
                return Err(Error::ServerStopping { channel: self.channel.to_owned() });
            }
        }
        writer.reserve_since(len, deadline)
    }

    /// Returns whether the client is connected and alive.
    #[must_use]
    pub fn is_client_connected(&self) -> bool {
        self.writer.as_deref().is_some_and(Writer::is_reader_connected)
    }
}
