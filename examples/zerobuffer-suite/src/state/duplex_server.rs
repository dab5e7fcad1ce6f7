//! The server of a duplex channel used by steps, and a record of its handler.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use zerobuffer::{
    BufferConfig, DuplexServer, Error, Frame, ProcessingMode, Responder, RunningServer,
};

use super::{BufferFiles, BufferNames, DeadDuplexEnd};

/// Timeout of a response for space.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(25);

/// Interval at which a hanging handler checks for the end of the scenario.
const POLL_INTERVAL: Duration = Duration::from_millis(5);

/// Behavior of a handler.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handler {
    /// Responds with the same bytes.
    Echo,
    /// Responds with the same bytes after a delay.
    EchoAfter(Duration),
    /// Responds with the same bytes after a delay, but not before [`TestServer::let_answer`].
    EchoWhenLet(Duration),
    /// Responds with the request twice.
    Double,
    /// Responds with every byte combined with this one.
    Xor(u8),
    /// Works for a while and never responds.
    Hang(Duration),
}

/// Record of a handler. All numbers count requests.
#[derive(Debug, Default)]
pub struct Heard {
    /// Received by the handler.
    pub begun: AtomicU64,
    /// Processed.
    pub worked: AtomicU64,
    /// Duration of the last work in milliseconds.
    pub worked_ms: AtomicU64,
    /// Being responded to, or responded to.
    pub answering: AtomicU64,
    /// Responded to.
    pub answered: AtomicU64,
    /// Whose client had left before the response was written.
    pub deserted: AtomicU64,
    /// Length of the last response in bytes.
    pub answer_len: AtomicU64,
    /// Errors while writing a response.
    pub errors: Mutex<Vec<Error>>,
    /// Set when a deferred handler may respond.
    may_answer: AtomicBool,
    /// Set when a hanging handler must return.
    over: AtomicBool,
}

/// A server created by steps.
#[derive(Debug)]
pub struct TestServer {
    requests: BufferFiles,
    responses: BufferFiles,
    mode: ProcessingMode,
    bound: Option<DuplexServer>,
    running: Option<RunningServer>,
    heard: Arc<Heard>,
    // Dropped after the server.
    dead: Option<DeadDuplexEnd>,
}

impl TestServer {
    /// Creates the channel that the scenario calls `base`.
    ///
    /// # Errors
    /// Returns the channel's error.
    pub fn create(
        base: &str,
        names: &mut BufferNames,
        config: BufferConfig,
        mode: ProcessingMode,
    ) -> Result<Self, String> {
        let name = names.unique(base);
        let bound = DuplexServer::bind(name, config).map_err(|e| e.to_string())?;
        Ok(Self {
            requests: BufferFiles::of(format!("{name}_request")),
            responses: BufferFiles::of(format!("{name}_response")),
            mode,
            bound: Some(bound.response_timeout(RESPONSE_TIMEOUT)),
            running: None,
            heard: Arc::default(),
            dead: None,
        })
    }

    /// Starts serving.
    ///
    /// # Errors
    /// Returns an error if it is already serving, or the channel's error.
    pub fn start(&mut self, handler: Handler) -> Result<(), String> {
        let bound = self.bound.take().ok_or("the server has a handler already")?;
        let heard = Arc::clone(&self.heard);
        let handle = move |request: Frame<'_>, responder: &mut Responder<'_>| {
            heard.handle(handler, &request, responder);
            Ok(())
        };
        self.running = Some(bound.start(self.mode, handle).map_err(|e| e.to_string())?);
        Ok(())
    }

    /// Lets a deferred handler respond.
    pub fn let_answer(&self) {
        // Relaxed: the handler only has to see it eventually.
        self.heard.may_answer.store(true, Ordering::Relaxed);
    }

    /// Simulates the death of the server's process.
    ///
    /// # Errors
    /// Returns an error if the files of the channel cannot be changed.
    pub fn die(&mut self) -> Result<(), String> {
        self.dead = Some(DeadDuplexEnd::new(&self.requests, &self.responses)?);
        Ok(())
    }

    /// Stops the server and removes its buffer.
    ///
    /// # Errors
    /// Returns the channel's error.
    pub fn dispose(&mut self) -> Result<(), String> {
        self.bound = None;
        match self.running.take() {
            Some(running) => running.stop().map(drop).map_err(|e| e.to_string()),
            None => Ok(()),
        }
    }

    /// Returns the record of the handler.
    pub fn heard(&self) -> &Heard {
        &self.heard
    }

    /// Returns the files of the request buffer.
    pub fn requests(&self) -> &BufferFiles {
        &self.requests
    }

    /// Returns the files of the response buffer.
    pub fn responses(&self) -> &BufferFiles {
        &self.responses
    }

    /// Returns the name of the channel in shared memory.
    pub fn channel(&self) -> &str {
        self.requests.name().strip_suffix("_request").unwrap_or_default()
    }

    /// Returns whether the server is serving.
    pub fn is_running(&self) -> bool {
        self.running.as_ref().is_some_and(RunningServer::is_running)
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        // Relaxed: the handler only has to see it eventually.
        self.heard.over.store(true, Ordering::Relaxed);
        self.bound = None;
        self.running = None;
        self.dead = None;
    }
}

impl Heard {
    fn handle(&self, handler: Handler, request: &[u8], responder: &mut Responder<'_>) {
        // Release: pairs with Acquire in `count`, so that a reader of a number sees the state
        // before it.
        self.begun.fetch_add(1, Ordering::Release);
        let begun = Instant::now();
        let answer: Vec<u8> = match handler {
            Handler::Echo => request.to_vec(),
            Handler::EchoAfter(time) | Handler::EchoWhenLet(time) => {
                thread::sleep(time);
                request.to_vec()
            }
            Handler::Double => [request, request].concat(),
            Handler::Xor(key) => request.iter().map(|byte| byte ^ key).collect(),
            Handler::Hang(time) => {
                thread::sleep(time);
                self.worked.fetch_add(1, Ordering::Release);
                // Relaxed: see `drop` of the server.
                while !self.over.load(Ordering::Relaxed) {
                    thread::sleep(POLL_INTERVAL);
                }
                return;
            }
        };
        self.worked_ms.store(begun.elapsed().as_millis() as u64, Ordering::Release);
        self.worked.fetch_add(1, Ordering::Release);
        // Relaxed: see `let_answer`, and `drop` of the server.
        let waits =
            || !self.may_answer.load(Ordering::Relaxed) && !self.over.load(Ordering::Relaxed);
        while matches!(handler, Handler::EchoWhenLet(_)) && waits() {
            thread::sleep(POLL_INTERVAL);
        }
        self.answer_len.store(answer.len() as u64, Ordering::Release);
        if !responder.is_client_connected() {
            self.deserted.fetch_add(1, Ordering::Release);
        }
        self.answering.fetch_add(1, Ordering::Release);
        match responder.write(&answer) {
            Ok(_) => {
                self.answered.fetch_add(1, Ordering::Release);
            }
            Err(error) => {
                self.errors.lock().unwrap_or_else(PoisonError::into_inner).push(error);
            }
        }
    }

    /// Returns the current value of one of the numbers.
    pub fn count(number: &AtomicU64) -> u64 {
        // Acquire: pairs with Release in `handle`.
        number.load(Ordering::Acquire)
    }
}
