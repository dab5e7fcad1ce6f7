//! The client of a duplex channel as steps drive it, with everything it has sent and received.

use std::time::{Duration, Instant};

use zerobuffer::{BufferConfig, DuplexClient};

use super::{BufferFiles, BufferNames, DeadDuplexEnd, Field, RequestInPlace, bounded_writer};
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
    /// Has the client while it builds a request.
    in_place: Option<RequestInPlace>,
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
            in_place: None,
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

    /// Asks for space of `len` bytes in shared memory to build a request in.
    ///
    /// # Errors
    /// Whatever the channel says.
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

    /// The space that was acquired.
    ///
    /// # Errors
    /// When there is none.
    pub fn in_place(&self) -> Result<&RequestInPlace, String> {
        self.in_place.as_ref().ok_or_else(|| "no space was acquired for a request".to_owned())
    }

    /// Sends what is in the space that was acquired.
    ///
    /// # Errors
    /// When there is none, or whatever the channel says.
    pub fn commit(&mut self) -> Result<(), String> {
        self.in_place()?;
        self.first_sent.get_or_insert_with(Instant::now);
        let space = self.in_place.take().ok_or_else(closed)?;
        let (client, request) = space.commit()?;
        self.client = Some(client);
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
        match &self.in_place {
            Some(_) => Err("the client builds a request, which is to be sent first".to_owned()),
            None => self.client.as_mut().ok_or_else(closed),
        }
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

fn closed() -> String {
    "the client was closed".to_owned()
}

impl Drop for TestClient {
    fn drop(&mut self) {
        if let Some(space) = self.in_place.take() {
            // A panic of its thread has been told on stderr.
            let _ = space.end();
        }
        self.client = None;
        self.dead = None;
    }
}
