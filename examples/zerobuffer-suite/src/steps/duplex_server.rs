//! 13: servers of duplex channels.

use std::thread;
use std::time::Duration;

use harmony_bdd::{given, then, when};
use zerobuffer::{BufferConfig, DuplexClient, ProcessingMode};

use super::expectation::{REFUSED_AFTER, StepResult, ensure, expect, expected_within, text};
use crate::state::{BufferNames, Field, Handler, Heard, TestServer, wait_until};

/// Default sizes of a channel in bytes.
const METADATA: usize = 4096;
const PAYLOAD: usize = 1024 * 1024;

/// Returns the timeout for operations that wait for a handler, which takes up to 2 s.
fn handled_within() -> Duration {
    Duration::from_secs(3) + 3 * expected_within()
}

/// The servers of this process. Steps without a channel name use the most recently created one.
#[derive(Debug, Default)]
pub(super) struct Servers(Vec<TestServer>);

impl Servers {
    fn current(&mut self) -> Result<&mut TestServer, String> {
        self.0.last_mut().ok_or_else(|| "this process has created no duplex channel".to_owned())
    }

    fn create(
        &mut self,
        channel: &str,
        names: &mut BufferNames,
        sizes: (usize, usize),
        mode: ProcessingMode,
    ) -> StepResult {
        let config = BufferConfig::new(sizes.0, sizes.1).map_err(text)?;
        self.0.push(TestServer::create(channel, names, config, mode)?);
        Ok(())
    }
}

#[given(
    expr = "the {string} process creates immutable duplex channel {string} with metadata size '{int}' and payload size '{int}'"
)]
fn create_with_sizes(
    servers: &mut Servers,
    names: &mut BufferNames,
    _process: String,
    channel: String,
    metadata: usize,
    payload: usize,
) -> StepResult {
    let sizes = (metadata, payload);
    servers.create(&channel, names, sizes, ProcessingMode::SingleThread)
}

#[given(
    expr = "the {string} process creates immutable duplex channel {string} with default config"
)]
#[when(expr = "a new {string} process creates immutable duplex channel {string}")]
fn create_default(
    servers: &mut Servers,
    names: &mut BufferNames,
    _process: String,
    channel: String,
) -> StepResult {
    let sizes = (METADATA, PAYLOAD);
    servers.create(&channel, names, sizes, ProcessingMode::SingleThread)
}

#[given(
    expr = "the {string} process creates immutable duplex channel {string} with processing mode {string}"
)]
fn create_with_mode(
    servers: &mut Servers,
    names: &mut BufferNames,
    _process: String,
    channel: String,
    mode: String,
) -> StepResult {
    let mode = match mode.as_str() {
        "SingleThread" => ProcessingMode::SingleThread,
        "ThreadPool" => ProcessingMode::ThreadPool,
        _ => return Err(format!("unknown processing mode {mode:?}")),
    };
    servers.create(&channel, names, (METADATA, PAYLOAD), mode)
}

#[given(expr = "the {string} process starts echo handler")]
fn start_echo(servers: &mut Servers, _process: String) -> StepResult {
    servers.current()?.start(Handler::Echo)
}

#[given(expr = "the {string} process starts handler with '{int}' ms processing time")]
fn start_slow(servers: &mut Servers, _process: String, millis: u64) -> StepResult {
    servers.current()?.start(Handler::EchoAfter(Duration::from_millis(millis)))
}

#[given(expr = "the {string} process starts handler with '{int}' second processing delay")]
fn start_delayed(servers: &mut Servers, _process: String, seconds: u64) -> StepResult {
    // Events of the client also take time; the response waits for the step that attempts to send it.
    servers.current()?.start(Handler::EchoWhenLet(Duration::from_secs(seconds)))
}

#[given(expr = "the {string} process starts handler that crashes after '{int}' ms")]
fn start_crashing(servers: &mut Servers, _process: String, millis: u64) -> StepResult {
    servers.current()?.start(Handler::Hang(Duration::from_millis(millis)))
}

#[given(expr = "the {string} process starts handler that doubles request size")]
fn start_doubling(servers: &mut Servers, _process: String) -> StepResult {
    servers.current()?.start(Handler::Double)
}

#[given(expr = "the {string} process starts handler that implements XOR with key {string}")]
fn start_xor(servers: &mut Servers, _process: String, key: String) -> StepResult {
    let digits =
        key.strip_prefix("0x").ok_or_else(|| format!("{key:?} is not a hexadecimal byte"))?;
    let key = u8::from_str_radix(digits, 16).map_err(|e| format!("{key:?}: {e}"))?;
    servers.current()?.start(Handler::Xor(key))
}

#[then(expr = "the {string} process simulates crash during processing")]
fn crash(servers: &mut Servers, _process: String) -> StepResult {
    let server = servers.current()?;
    wait_until("the handler is at the point where it crashes", handled_within(), || {
        Ok(Heard::count(&server.heard().worked) > 0)
    })?;
    expect("requests responded to", Heard::count(&server.heard().answered), 0)?;
    server.die()
}

#[then(expr = "the {string} process attempts to send response of '{int}' bytes")]
fn attempts_response(servers: &mut Servers, _process: String, size: u64) -> StepResult {
    let heard = servers.current()?.heard();
    wait_until(
        "the handler responds",
        handled_within(),
        || Ok(Heard::count(&heard.answering) > 0),
    )?;
    expect("bytes of the response", Heard::count(&heard.answer_len), size)
}

#[then(expr = "the {string} process should block on response write")]
fn blocks_on_response(servers: &mut Servers, _process: String) -> StepResult {
    let heard = servers.current()?.heard();
    wait_until("a response waits for space", expected_within(), || {
        let answered = Heard::count(&heard.answered);
        if Heard::count(&heard.answering) == answered {
            return Ok(false);
        }
        // A response with space is written immediately; one without space still waits after a delay.
        thread::sleep(REFUSED_AFTER);
        Ok(Heard::count(&heard.answered) == answered)
    })
}

#[then(expr = "the {string} process should unblock and complete write")]
fn unblocks(servers: &mut Servers, _process: String) -> StepResult {
    let heard = servers.current()?.heard();
    wait_until("every response is written", handled_within(), || {
        let answered = Heard::count(&heard.answered);
        Ok(answered > 0 && Heard::count(&heard.answering) == answered)
    })?;
    let errors = heard.errors.lock().map_err(|e| e.to_string())?;
    ensure(errors.is_empty(), || format!("{errors:?}"))
}

#[then(expr = "the {string} process completes processing after '{int}' seconds")]
fn completes_processing(servers: &mut Servers, _process: String, seconds: u64) -> StepResult {
    let heard = servers.current()?.heard();
    wait_until("the handler has worked", handled_within(), || Ok(Heard::count(&heard.worked) > 0))?;
    let worked_ms = Heard::count(&heard.worked_ms);
    ensure(worked_ms >= seconds * 1000, || format!("the handler worked for {worked_ms} ms only"))
}

#[then(expr = "the {string} process attempts to send response")]
fn attempts_to_answer(servers: &mut Servers, _process: String) -> StepResult {
    let server = servers.current()?;
    server.let_answer();
    let heard = server.heard();
    wait_until("the handler responds", handled_within(), || Ok(Heard::count(&heard.answering) > 0))
}

#[then(expr = "the {string} process detects client death when writing")]
fn detects_client_death(servers: &mut Servers, _process: String) -> StepResult {
    let heard = servers.current()?.heard();
    ensure(Heard::count(&heard.deserted) > 0, || "the client counts as connected".to_owned())
}

#[then(expr = "the {string} process continues processing other requests")]
fn goes_on(servers: &mut Servers, _process: String) -> StepResult {
    let server = servers.current()?;
    ensure(server.is_running(), || "the server has stopped".to_owned())?;
    let mut client = DuplexClient::connect(server.channel(), handled_within()).map_err(text)?;
    let answer = client.request(b"the next client", handled_within()).map_err(text)?;
    let answer = answer.ok_or("no response for the next client")?;
    expect("response", &*answer, b"the next client")
}

#[then(expr = "the {string} process disposes server while '{int}' responses pending")]
fn dispose(servers: &mut Servers, _process: String, pending: u64) -> StepResult {
    let server = servers.current()?;
    ensure(pending > 0, || "nothing is pending".to_owned())?;
    let responses = server.responses();
    wait_until(&format!("{pending} responses are pending"), handled_within(), || {
        let written = responses.get(Field::WrittenCount)?;
        Ok(written.checked_sub(responses.get(Field::ReadCount)?) == Some(pending))
    })?;
    server.dispose()
}

#[then("the new server should reuse same channel name successfully")]
fn name_reused(servers: &mut Servers) -> StepResult {
    let server = servers.current()?;
    let files = server.requests();
    expect("files", files.present(), files.all().to_vec())?;
    expect("reader", files.get(Field::ReaderPid)?, u64::from(std::process::id()))?;
    let channel = server.channel().to_owned();
    server.start(Handler::Echo)?;
    let mut client = DuplexClient::connect(&channel, expected_within()).map_err(text)?;
    let answer = client.request(b"again", expected_within()).map_err(text)?;
    expect("response", answer.as_deref(), Some(&b"again"[..]))
}
