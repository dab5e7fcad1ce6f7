//! The client of a duplex channel as steps drive it, with everything it has sent and received.

use std::time::{Duration, Instant};

use zerobuffer::{BufferConfig, DuplexClient};

use super::{BufferFiles, BufferNames, DeadDuplexEnd, Field, bounded_writer};
use crate::settings::SuiteSettings;

/// A request with its response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// What was sent.
    pub request: Vec<u8>,
    /// Number and bytes of the response, as soon as it was received.
    pub response: Option<(u64, Vec<u8>)>,
}

/// A client that steps have created.
#[derive(Debug)]
pub struct TestClient {
    client: Option<DuplexClient>,
    requests: BufferFiles,
    responses: BufferFiles,
    exchanges: Vec<Exchange>,
    first_sent: Option<Instant>,
    /// Whether somebody heard of a long request.
    told: bool,
    // Dropped by hand, after the client.
    dead: Option<DeadDuplexEnd>,
}

impl TestClient {
    /// Connects to the channel that the scenario calls `base`. The buffer of responses is as large as
    /// that of requests.
    ///
    /// # Errors
    /// Whatever the channel says.
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
            requests,
            responses,
            exchanges: Vec::new(),
            first_sent: None,
            told: false,
            dead: None,
        })
    }

    /// Sends a request.
    ///
    /// # Errors
    /// Whatever the channel says.
    pub fn send(&mut self, request: Vec<u8>) -> Result<(), String> {
        self.check(request.len())?;
        self.first_sent.get_or_insert_with(Instant::now);
        self.connected()?.send(&request).map_err(|e| e.to_string())?;
        self.exchanges.push(Exchange { request, response: None });
        Ok(())
    }

    /// Lets `fill` build a request of `len` bytes in shared memory and sends it.
    ///
    /// # Errors
    /// Whatever the channel or `fill` says.
    pub fn send_in_place(
        &mut self,
        len: usize,
        fill: impl FnOnce(&mut [u8]) -> Result<(), String>,
    ) -> Result<(), String> {
        self.check(len)?;
        self.first_sent.get_or_insert_with(Instant::now);
        let mut slot = self.connected()?.reserve(len).map_err(|e| e.to_string())?;
        fill(&mut slot)?;
        let request = slot.to_vec();
        slot.commit().map_err(|e| e.to_string())?;
        self.exchanges.push(Exchange { request, response: None });
        Ok(())
    }

    /// That the settings allow requests of `len` bytes.
    fn check(&mut self, len: usize) -> Result<(), String> {
        let limit = SuiteSettings::frame_limit();
        bounded_writer::check(self.requests.name(), len, limit, &mut self.told)
            .map_err(|e| e.to_string())
    }

    /// Receives the next response.
    ///
    /// # Errors
    /// When none comes in time, none is due, or whatever the channel says.
    pub fn receive(&mut self, timeout: Duration) -> Result<&Exchange, String> {
        let index = self.exchanges.iter().position(|exchange| exchange.response.is_none());
        let index = index.ok_or("every request has its response")?;
        let frame = self.connected()?.receive(timeout).map_err(|e| e.to_string())?;
        let frame = frame.ok_or_else(|| format!("no response within {timeout:?}"))?;
        let response = (frame.sequence(), frame.to_vec());
        drop(frame);
        let exchange = &mut self.exchanges[index];
        exchange.response = Some(response);
        Ok(exchange)
    }

    /// Receives whatever comes next, to see what the channel says.
    ///
    /// # Errors
    /// Whatever the channel says.
    pub fn attempt(&mut self, timeout: Duration) -> Result<zerobuffer::Result<bool>, String> {
        let received = self.connected()?.receive(timeout);
        Ok(received.map(|frame| frame.is_some()))
    }

    /// Lets the client's process die.
    ///
    /// # Errors
    /// When the files of the channel cannot be changed.
    pub fn die(&mut self) -> Result<(), String> {
        self.dead = Some(DeadDuplexEnd::new(&self.responses, &self.requests)?);
        Ok(())
    }

    /// Disconnects.
    pub fn close(&mut self) {
        self.client = None;
    }

    /// The client itself.
    ///
    /// # Errors
    /// When it was closed.
    pub fn connected(&mut self) -> Result<&mut DuplexClient, String> {
        self.client.as_mut().ok_or_else(|| "the client was closed".to_owned())
    }

    /// Everything sent, with what was received for it.
    pub fn exchanges(&self) -> &[Exchange] {
        &self.exchanges
    }

    /// Time since the first request was sent.
    pub fn elapsed(&self) -> Option<Duration> {
        self.first_sent.map(|sent| sent.elapsed())
    }

    /// The files of both buffers.
    pub fn files(&self) -> [&BufferFiles; 2] {
        [&self.requests, &self.responses]
    }
}

impl Drop for TestClient {
    fn drop(&mut self) {
        self.client = None;
        self.dead = None;
    }
}
