//! The client of a duplex channel used by steps, with a record of its requests and responses.

use std::time::{Duration, Instant};

use zerobuffer::{BufferConfig, DuplexClient};

use super::{BufferFiles, BufferNames, DeadDuplexEnd, Field, RequestInPlace, bounded_writer};
use crate::settings::SuiteSettings;

/// A request with its response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// The bytes of the request.
    pub request: Vec<u8>,
    /// Number and bytes of the response, once received.
    pub response: Option<(u64, Vec<u8>)>,
}

/// A client created by steps.
#[derive(Debug)]
pub struct TestClient {
    client: Option<DuplexClient>,
    /// Owns the client while it builds a request.
    in_place: Option<RequestInPlace>,
    requests: BufferFiles,
    responses: BufferFiles,
    exchanges: Vec<Exchange>,
    first_sent: Option<Instant>,
    /// True if the warning about a long request was printed.
    warned: bool,
    // Dropped after the client.
    dead: Option<DeadDuplexEnd>,
}

impl TestClient {
    /// Connects to the channel that the scenario calls `base`. The response buffer is as large as
    /// the request buffer.
    ///
    /// # Errors
    /// Returns the channel's error.
    pub fn connect(base: &str, names: &mut BufferNames) -> Result<Self, String> {
        let channel = names.unique(base);
        let requests = BufferFiles::of(format!("{channel}_request"));
        let responses = BufferFiles::of(format!("{channel}_response"));
        let timeout = SuiteSettings::current().buffer_timeout();
        super::wait_until("the server has created its channel", timeout, || {
            Ok(requests.get(Field::ReaderPid).is_ok_and(|pid| pid != 0))
        })?;
        let size = requests.get(Field::PayloadSize)? as usize;
        let config = BufferConfig::new(1024, size).map_err(|e| e.to_string())?;
        let client = DuplexClient::options()
            .response(config)
            .connect(channel, timeout)
            .map_err(|e| e.to_string())?;
        Ok(Self {
            client: Some(client),
            in_place: None,
            requests,
            responses,
            exchanges: Vec::new(),
            first_sent: None,
            warned: false,
            dead: None,
        })
    }

    /// Sends a request.
    ///
    /// # Errors
    /// Returns the channel's error.
    pub fn send(&mut self, request: Vec<u8>) -> Result<(), String> {
        self.check(request.len())?;
        self.first_sent.get_or_insert_with(Instant::now);
        self.connected()?.send(&request).map_err(|e| e.to_string())?;
        self.exchanges.push(Exchange { request, response: None });
        Ok(())
    }

    /// Reserves `len` bytes in shared memory to build a request in place.
    ///
    /// # Errors
    /// Returns the channel's error.
    pub fn acquire(&mut self, len: usize) -> Result<&RequestInPlace, String> {
        self.connected()?;
        self.check(len)?;
        let client = self.client.take().ok_or_else(closed)?;
        match RequestInPlace::acquire(client, len) {
            Ok(space) => Ok(self.in_place.insert(space)),
            Err((client, reason)) => {
                self.client = Some(*client);
                Err(reason)
            }
        }
    }

    /// Returns the reserved space.
    ///
    /// # Errors
    /// Returns an error if there is none.
    pub fn in_place(&self) -> Result<&RequestInPlace, String> {
        self.in_place.as_ref().ok_or_else(|| "no space was acquired for a request".to_owned())
    }

    /// Sends the request built in the reserved space.
    ///
    /// # Errors
    /// Returns an error if no space is reserved, or the channel's error.
    pub fn commit(&mut self) -> Result<(), String> {
        self.in_place()?;
        self.first_sent.get_or_insert_with(Instant::now);
        let space = self.in_place.take().ok_or_else(closed)?;
        let (client, request) = space.commit()?;
        self.client = Some(client);
        self.exchanges.push(Exchange { request, response: None });
        Ok(())
    }

    /// Checks that the settings allow requests of `len` bytes.
    fn check(&mut self, len: usize) -> Result<(), String> {
        let limit = SuiteSettings::frame_limit();
        bounded_writer::check(self.requests.name(), len, limit, &mut self.warned)
            .map_err(|e| e.to_string())
    }

    /// Receives the next response.
    ///
    /// # Errors
    /// Returns an error if no response arrives in time or none is due, or the channel's error.
    pub fn receive(&mut self, timeout: Duration) -> Result<&Exchange, String> {
        let index = self.exchanges.iter().position(|exchange| exchange.response.is_none());
        let index = index.ok_or("no request is waiting for a response")?;
        let frame = self.connected()?.receive(timeout).map_err(|e| e.to_string())?;
        let frame = frame.ok_or_else(|| format!("no response within {timeout:?}"))?;
        let response = (frame.sequence(), frame.to_vec());
        drop(frame);
        let exchange = &mut self.exchanges[index];
        exchange.response = Some(response);
        Ok(exchange)
    }

    /// Receives the next response, or returns the channel's error.
    ///
    /// # Errors
    /// Returns the channel's error.
    pub fn attempt(&mut self, timeout: Duration) -> Result<zerobuffer::Result<bool>, String> {
        let received = self.connected()?.receive(timeout);
        Ok(received.map(|frame| frame.is_some()))
    }

    /// Simulates the death of the client's process.
    ///
    /// # Errors
    /// Returns an error if the files of the channel cannot be changed.
    pub fn die(&mut self) -> Result<(), String> {
        self.dead = Some(DeadDuplexEnd::new(&self.responses, &self.requests)?);
        Ok(())
    }

    /// Disconnects.
    pub fn close(&mut self) {
        self.client = None;
    }

    /// Returns the client itself.
    ///
    /// # Errors
    /// Returns an error if it was closed.
    pub fn connected(&mut self) -> Result<&mut DuplexClient, String> {
        match &self.in_place {
            Some(_) => Err("the client is building a request, which must be sent first".to_owned()),
            None => self.client.as_mut().ok_or_else(closed),
        }
    }

    /// Returns every request with its response.
    pub fn exchanges(&self) -> &[Exchange] {
        &self.exchanges
    }

    /// Returns the time since the first request.
    pub fn elapsed(&self) -> Option<Duration> {
        self.first_sent.map(|sent| sent.elapsed())
    }

    /// Returns the files of both buffers.
    pub fn files(&self) -> [&BufferFiles; 2] {
        [&self.requests, &self.responses]
    }
}

fn closed() -> String {
    "the client was closed".to_owned()
}

impl Drop for TestClient {
    fn drop(&mut self) {
        if let Some(space) = self.in_place.take() {
            // A panic of its thread was printed to stderr.
            let _ = space.end();
        }
        self.client = None;
        self.dead = None;
    }
}
