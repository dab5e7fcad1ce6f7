//! What a handler answers through.

use std::time::Duration;

use super::request_loop::Stop;
use crate::copy_loop;
use crate::deadline::Deadline;
use crate::error::{Error, Result};
use crate::frame::FrameSlot;
use crate::writer::Writer;

/// How long to wait for space at most before looking whether the server is to stop.
const SLICE: Duration = Duration::from_millis(20);

/// Writes the response to one request.
///
/// A handler writes exactly one, or responses and requests no longer match.
#[derive(Debug)]
pub struct Responder<'a> {
    channel: &'a str,
    /// `None` if the client left before its response buffer was found.
    writer: Option<&'a mut Writer>,
    stop: &'a Stop,
    timeout: Duration,
}

impl<'a> Responder<'a> {
    pub(super) fn new(
        channel: &'a str,
        writer: Option<&'a mut Writer>,
        stop: &'a Stop,
        timeout: Duration,
    ) -> Self {
        Self { channel, writer, stop, timeout }
    }

    /// Sends a response and gives its number, counted from 1 for each client.
    ///
    /// # Errors
    /// As [`reserve`](Self::reserve) and [`FrameSlot::commit`].
    pub fn write(&mut self, response: &[u8]) -> Result<u64> {
        let mut slot = self.reserve(response.len())?;
        copy_loop::copy(&mut slot, response);
        slot.commit()
    }

    /// Space for a response of `len` bytes, to be filled in place; committing it sends it. Waits for
    /// space up to the [response timeout](super::DuplexServer::response_timeout).
    ///
    /// # Errors
    /// [`Error::ReaderDead`] if the client is gone; [`Error::ServerStopping`] if the server is
    /// stopped meanwhile; otherwise as [`Writer::reserve`].
    pub fn reserve(&mut self, len: usize) -> Result<FrameSlot<'_>> {
        let Some(writer) = self.writer.as_deref_mut() else {
            return Err(Error::ReaderDead {
                name: format!("{}_response", self.channel),
                pid: None,
            });
        };
        let deadline = Deadline::after(self.timeout);
        while !writer.wait_for_room(len, SLICE.min(deadline.remaining()))? && !deadline.passed() {
            if self.stop.is_requested() {
                return Err(Error::ServerStopping { channel: self.channel.to_owned() });
            }
        }
        writer.reserve_since(len, deadline)
    }

    /// Whether the client is there and alive.
    #[must_use]
    pub fn is_client_connected(&self) -> bool {
        self.writer.as_deref().is_some_and(Writer::is_reader_connected)
    }
}
