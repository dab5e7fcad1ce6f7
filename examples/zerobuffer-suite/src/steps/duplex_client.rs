//! 13: clients of duplex channels.

use std::fs;
use std::thread;
use std::time::Duration;

use harmony_bdd::{then, when};
use zerobuffer::Error;

use super::expectation::{
    REFUSED_AFTER, StepResult, ensure, expect, expect_bytes, expected_within, text,
};
use crate::state::{Attempts, BufferNames, Field, Semaphore, TestClient, pattern};

/// Default length of a request in bytes.
const USUAL_SIZE: usize = 1024;

/// The clients of this process. Steps without a channel name use the most recently connected one.
#[derive(Debug, Default)]
struct Clients {
    clients: Vec<TestClient>,
    /// Address of the last request that was built in shared memory.
    built_at: Option<usize>,
    total: Option<Duration>,
}

impl Clients {
    fn current(&mut self) -> Result<&mut TestClient, String> {
        self.clients.last_mut().ok_or_else(|| "this process has no duplex client".to_owned())
    }
}

#[when(expr = "the {string} process creates duplex channel client {string}")]
fn connect(
    clients: &mut Clients,
    names: &mut BufferNames,
    _process: String,
    channel: String,
) -> StepResult {
    clients.clients.push(TestClient::connect(&channel, names)?);
    Ok(())
}

#[when(expr = "the {string} process sends request with size '{int}'")]
#[when(expr = "the {string} process sends request of '{int}' bytes")]
#[when(expr = "the {string} process sends '{int}' byte frame with test pattern")]
fn send_size(clients: &mut Clients, _process: String, size: usize) -> StepResult {
    clients.current()?.send(pattern::simple(size))
}

#[when(expr = "the {string} process sends request")]
fn send(clients: &mut Clients, _process: String) -> StepResult {
    clients.current()?.send(pattern::simple(USUAL_SIZE))
}

#[when(expr = "the {string} process sends '{int}' requests sequentially")]
#[when(expr = "the {string} process sends '{int}' requests from single thread")]
#[when(expr = "the {string} process sends '{int}' requests")]
fn send_many(clients: &mut Clients, _process: String, count: usize) -> StepResult {
    for number in 0..count {
        clients.current()?.send(format!("Request {number}").into_bytes())?;
    }
    Ok(())
}

#[then(expr = "response should match request with size '{int}'")]
fn response_matches(clients: &mut Clients, size: usize) -> StepResult {
    let exchange = clients.current()?.receive(expected_within())?;
    expect("size of the request", exchange.request.len(), size)?;
    expect_echo(exchange)
}

#[then(expr = "the {string} process receives '{int}' responses in order")]
#[then(expr = "the {string} process receives '{int}' responses")]
#[then(expr = "the {string} process receives exactly '{int}' responses")]
fn receive_many(clients: &mut Clients, _process: String, count: u64) -> StepResult {
    let client = clients.current()?;
    for sequence in 1..=count {
        let exchange = client.receive(expected_within())?;
        let found = exchange.response.as_ref().map(|(sequence, _)| *sequence);
        expect("number of the response", found, Some(sequence))?;
    }
    Ok(())
}

#[then("responses should match requests by content")]
#[then("responses should arrive in order")]
fn all_match(clients: &mut Clients) -> StepResult {
    let client = clients.current()?;
    ensure(!client.exchanges().is_empty(), || "nothing was sent".to_owned())?;
    for (exchange, number) in client.exchanges().iter().zip(1..) {
        expect_echo(exchange)?;
        let sequence = exchange.response.as_ref().map(|(sequence, _)| *sequence);
        expect("number of the response", sequence, Some(number))?;
    }
    Ok(())
}

#[then(expr = "all '{int}' responses match their requests")]
fn so_many_match(clients: &mut Clients, count: usize) -> StepResult {
    expect("requests sent", clients.current()?.exchanges().len(), count)?;
    all_match(clients)
}

#[then("no responses should be lost or duplicated")]
fn none_lost(clients: &mut Clients) -> StepResult {
    let client = clients.current()?;
    expect("requests without response", client.connected()?.unanswered(), 0)?;
    match client.attempt(REFUSED_AFTER)? {
        Ok(false) => Ok(()),
        Ok(true) => Err("another response arrived".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

#[when(expr = "the {string} process measures total response time")]
fn measure_total(clients: &mut Clients, _process: String) -> StepResult {
    let client = clients.current()?;
    while client.exchanges().iter().any(|exchange| exchange.response.is_none()) {
        client.receive(expected_within())?;
    }
    clients.total = clients.current()?.elapsed();
    Ok(())
}

#[then(expr = "total time should be at least '{int}' ms")]
fn total_at_least(clients: &Clients, millis: u64) -> StepResult {
    let total = clients.total.ok_or("nothing was measured")?;
    ensure(total >= Duration::from_millis(millis), || format!("it took only {total:?}"))
}

#[when(expr = "the {string} process waits for response with timeout '{int}' seconds")]
fn wait_for_response(
    clients: &mut Clients,
    attempts: &mut Attempts,
    _process: String,
    seconds: u64,
) -> StepResult {
    let result = clients.current()?.attempt(Duration::from_secs(seconds))?;
    attempts.record("the wait for a response", result);
    Ok(())
}

#[then(expr = "the {string} process should detect server death")]
fn detects_server_death(clients: &mut Clients, _process: String) -> StepResult {
    let connected = clients.current()?.connected()?.is_server_connected();
    ensure(!connected, || "the server counts as connected".to_owned())
}

#[then("an appropriate exception should be thrown")]
fn server_gone_error(attempts: &Attempts) -> StepResult {
    match attempts.error()? {
        Error::WriterDead { .. } | Error::ReaderDead { .. } => Ok(()),
        error => Err(format!("the wait failed for another reason: {error}")),
    }
}

#[when(expr = "the {string} process does not read responses")]
fn reads_nothing(clients: &mut Clients, _process: String) -> StepResult {
    let client = clients.current()?;
    let sent = client.exchanges().len() as u64;
    ensure(sent > 0, || "nothing was sent".to_owned())?;
    expect("requests without response", client.connected()?.unanswered(), sent)
}

#[when(expr = "the {string} process reads one response")]
fn read_one(clients: &mut Clients, _process: String) -> StepResult {
    clients.current()?.receive(expected_within()).map(drop)
}

#[when(expr = "the {string} process acquires zero-copy request buffer of size '{int}'")]
fn acquire(clients: &mut Clients, _process: String, len: usize) -> StepResult {
    let space = clients.current()?.acquire(len)?;
    expect("bytes lent", space.len(), len)
}

#[when(expr = "the {string} process fills buffer with test pattern")]
fn fill(clients: &mut Clients, _process: String) -> StepResult {
    let client = clients.current()?;
    let space = client.in_place()?;
    space.fill()?;
    // The bytes are already in the request buffer, and not announced yet.
    let [requests, _] = client.files();
    let position = requests.get(Field::WritePosition)?;
    let found = requests.bytes_of_frame(position, space.len())?;
    expect_bytes("the request in shared memory", &found, &pattern::frame(space.len(), 0))?;
    expect("requests announced", requests.count(Semaphore::FramesReady)?, 0)
}

#[when(expr = "the {string} process commits request")]
fn commit(clients: &mut Clients, _process: String) -> StepResult {
    let client = clients.current()?;
    let address = client.in_place()?.address();
    client.commit()?;
    clients.built_at = Some(address);
    Ok(())
}

#[then("response should contain same test pattern")]
fn same_pattern(clients: &mut Clients) -> StepResult {
    let exchange = clients.current()?.receive(expected_within())?;
    expect_echo(exchange)?;
    pattern::check_simple(&exchange.request).map_err(text)
}

#[then("no memory allocations in send path")]
fn built_in_shared_memory(clients: &mut Clients) -> StepResult {
    let address = clients.built_at.ok_or("no request was built in place")?;
    let [requests, _] = clients.current()?.files();
    let path = requests.memory();
    let maps = fs::read_to_string("/proc/self/maps").map_err(|e| format!("mappings: {e}"))?;
    let holds = |line: &str| -> Option<bool> {
        let (start, end) = line.split(' ').next()?.split_once('-')?;
        let (start, end) =
            (usize::from_str_radix(start, 16).ok()?, usize::from_str_radix(end, 16).ok()?);
        Some((start..end).contains(&address))
    };
    // A request written directly into the shared object needs no other memory.
    let inside = maps
        .lines()
        .filter(|line| line.ends_with(&*path.to_string_lossy()))
        .any(|line| holds(line).unwrap_or(false));
    ensure(inside, || format!("the request was built at {address:#x}, outside {}", path.display()))
}

#[then("response should contain XOR transformed data")]
fn xor_response(clients: &mut Clients) -> StepResult {
    let exchange = clients.current()?.receive(expected_within())?;
    let expected: Vec<u8> = exchange.request.iter().map(|byte| byte ^ 0xff).collect();
    let response = exchange.response.as_ref().map(|(_, bytes)| bytes);
    ensure(response == Some(&expected), || "the response is not the inverted request".to_owned())
}

#[then("the server handler receives immutable request frame")]
fn request_unchanged(clients: &mut Clients) -> StepResult {
    let client = clients.current()?;
    let sent = client.exchanges().first().ok_or("nothing was sent")?.request.clone();
    let [requests, _] = client.files();
    // The first request is at the start of the ring, unchanged by the handler.
    ensure(requests.data(0)? == sent, || "the handler has changed the request".to_owned())
}

#[then("the server handler returns new response data")]
fn response_is_new(clients: &mut Clients) -> StepResult {
    let client = clients.current()?;
    let exchange = client.exchanges().first().ok_or("nothing was sent")?.clone();
    let (_, response) = exchange.response.ok_or("nothing was received")?;
    ensure(response != exchange.request, || "the response is the request".to_owned())?;
    let [_, responses] = client.files();
    ensure(responses.data(0)? == response, || "the response is not in its ring".to_owned())
}

#[when(expr = "the {string} process simulates crash after '{int}' second")]
fn crash(clients: &mut Clients, _process: String, seconds: u64) -> StepResult {
    let client = clients.current()?;
    // Measured from the request that the server is processing.
    let sent = client.elapsed().ok_or("the client has sent nothing")?;
    thread::sleep(Duration::from_secs(seconds).saturating_sub(sent));
    client.die()
}

#[when(expr = "the {string} process attempts to receive pending responses")]
fn receive_pending(clients: &mut Clients, attempts: &mut Attempts, _process: String) -> StepResult {
    let client = clients.current()?;
    loop {
        match client.attempt(expected_within())? {
            Ok(true) => {}
            Ok(false) => return Err(format!("nothing arrived within {:?}", expected_within())),
            Err(error) => {
                attempts.record::<()>("the receipt of pending responses", Err(error));
                return Ok(());
            }
        }
    }
}

#[then(expr = "the {string} process should receive exception on pending")]
fn exception_on_pending(attempts: &Attempts, _process: String) -> StepResult {
    match attempts.error()? {
        Error::WriterClosed { .. } | Error::WriterDead { .. } | Error::ReaderDead { .. } => Ok(()),
        error => Err(format!("it failed for another reason: {error}")),
    }
}

#[then("all shared memory should be cleaned up")]
fn channel_cleaned_up(clients: &mut Clients) -> StepResult {
    let client = clients.current()?;
    // The server has ended; a client that detects this leaves as well.
    client.close();
    for files in client.files() {
        expect("files left behind", files.present(), Vec::new())?;
    }
    Ok(())
}

fn expect_echo(exchange: &crate::state::Exchange) -> StepResult {
    let (_, response) = exchange.response.as_ref().ok_or("a response is missing")?;
    ensure(response == &exchange.request, || {
        format!(
            "a response of {} bytes is not its request of {}",
            response.len(),
            exchange.request.len()
        )
    })
}
