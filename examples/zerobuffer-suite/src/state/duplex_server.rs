//! The server of a duplex channel as steps drive it, and what its handler has seen.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use zerobuffer::{
    BufferConfig, DuplexServer, Error, Frame, ProcessingMode, Responder, RunningServer,
};

use super::{BufferFiles, BufferNames, DeadDuplexEnd};

/// How long a response waits for space in the end.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(25);

/// How often a handler that does nothing more looks whether the scenario is over.
const LOOK: Duration = Duration::from_millis(5);

/// What a handler does with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handler {
    /// Answers with the same bytes.
    Echo,
    /// The same, after a while.
    EchoAfter(Duration),
    /// The same, after a while and not before [`TestServer::let_answer`].
    EchoWhenLet(Duration),
    /// Answers with the request twice.
    Double,
    /// Answers with every byte combined with this one.
    Xor(u8),
    /// Works for a while and never comes to answer.
    Hang(Duration),
}

/// What a handler has seen and done. All numbers count requests.
#[derive(Debug, Default)]
pub struct Heard {
    /// Handed to the handler.
    pub begun: AtomicU64,
    /// Worked on for as long as the handler takes.
    pub worked: AtomicU64,
    /// Answered, or about to be.
    pub answering: AtomicU64,
    /// Whose answer was written.
    pub answered: AtomicU64,
    /// Whose client was gone when the answer was to be written.
    pub deserted: AtomicU64,
    /// The last answer's length in bytes.
    pub answer_len: AtomicU64,
    /// Errors of writing an answer.
    pub errors: Mutex<Vec<Error>>,
    /// Lets a handler answer that is not to answer before.
    may_answer: AtomicBool,
    /// Lets a hanging handler return.
    over: AtomicBool,
}

/// A server that steps have created.
#[derive(Debug)]
pub struct TestServer {
    requests: BufferFiles,
    responses: BufferFiles,
    mode: ProcessingMode,
    bound: Option<DuplexServer>,
    running: Option<RunningServer>,
    heard: Arc<Heard>,
    // Dropped by hand, after the server.
    dead: Option<DeadDuplexEnd>,
}

impl TestServer {
    /// Creates the channel that the scenario calls `base`.
    ///
    /// # Errors
    /// Whatever the channel says.
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

    /// Serves from now on.
    ///
    /// # Errors
    /// When it serves already, or whatever the channel says.
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

    /// From now on a handler may answer that has waited for this.
    pub fn let_answer(&self) {
        // Relaxed: the handler only has to see it some time.
        self.heard.may_answer.store(true, Ordering::Relaxed);
    }

    /// Lets the server's process die.
    ///
    /// # Errors
    /// When the files of the channel cannot be changed.
    pub fn die(&mut self) -> Result<(), String> {
        self.dead = Some(DeadDuplexEnd::new(&self.requests, &self.responses)?);
        Ok(())
    }

    /// Stops the server and removes its buffer.
    ///
    /// # Errors
    /// Whatever the channel says.
    pub fn dispose(&mut self) -> Result<(), String> {
        self.bound = None;
        match self.running.take() {
            Some(running) => running.stop().map(drop).map_err(|e| e.to_string()),
            None => Ok(()),
        }
    }

    /// What the handler has seen.
    pub fn heard(&self) -> &Heard {
        &self.heard
    }

    /// The files of the buffer of requests.
    pub fn requests(&self) -> &BufferFiles {
        &self.requests
    }

    /// The name of the channel in shared memory.
    pub fn channel(&self) -> &str {
        self.requests.name().strip_suffix("_request").unwrap_or_default()
    }

    /// Whether the server serves.
    pub fn is_running(&self) -> bool {
        self.running.as_ref().is_some_and(RunningServer::is_running)
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        // Relaxed: the handler only has to see it some time.
        self.heard.over.store(true, Ordering::Relaxed);
        self.bound = None;
        self.running = None;
        self.dead = None;
    }
}

impl Heard {
    fn handle(&self, handler: Handler, request: &[u8], responder: &mut Responder<'_>) {
        // Release: pairs with Acquire in `count`; whoever sees a number sees what led to it.
        self.begun.fetch_add(1, Ordering::Release);
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
                    thread::sleep(LOOK);
                }
                return;
            }
        };
        self.worked.fetch_add(1, Ordering::Release);
        // Relaxed: see `let_answer`, and `drop` of the server.
        let waits =
            || !self.may_answer.load(Ordering::Relaxed) && !self.over.load(Ordering::Relaxed);
        while matches!(handler, Handler::EchoWhenLet(_)) && waits() {
            thread::sleep(LOOK);
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

    /// The value of one of the numbers at this moment.
    pub fn count(number: &AtomicU64) -> u64 {
        // Acquire: pairs with Release in `handle`.
        number.load(Ordering::Acquire)
    }
}
