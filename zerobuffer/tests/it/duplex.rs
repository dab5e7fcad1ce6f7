//! Request and response between our own server and client.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use zerobuffer::{
    BufferConfig, DuplexClient, DuplexError, DuplexServer, Error, Frame, HandlerError,
    ProcessingMode, Reader, Responder, RunningServer, Writer,
};

use crate::support::{
    Numbers, Peer, TEST_TIMEOUT, TestName, await_parent, child_role, pattern, report_to_parent,
};

/// Asked for by the product; tests allow a loaded machine far more.
const STOP_BOUND: Duration = Duration::from_secs(10);

/// The names of a unique channel.
pub(crate) struct Channel {
    name: TestName,
    request: TestName,
    response: TestName,
}

impl Channel {
    pub(crate) fn new(topic: &str) -> Self {
        Self::of(TestName::new(topic))
    }

    fn of(name: TestName) -> Self {
        let request = TestName::exactly(format!("{}_request", &*name));
        let response = TestName::exactly(format!("{}_response", &*name));
        Self { name, request, response }
    }

    pub(crate) fn assert_gone(&self) {
        self.request.assert_gone();
        self.response.assert_gone();
    }

    pub(crate) fn bind(&self) -> DuplexServer {
        DuplexServer::bind(&self.name, BufferConfig::new(4096, 64 * 1024).unwrap()).unwrap()
    }

    pub(crate) fn request_name(&self) -> &str {
        &self.request
    }

    pub(crate) fn response_name(&self) -> &str {
        &self.response
    }

    /// Returns whether the server has connected to the current response buffer.
    pub(crate) fn response_writer_is_attached(&self) -> bool {
        zerobuffer::inspect(&self.response).is_ok_and(|seen| seen.control.writer_pid != 0)
    }

    pub(crate) fn serve(
        &self,
        handler: impl FnMut(Frame<'_>, &mut Responder<'_>) -> Result<(), HandlerError> + Send + 'static,
    ) -> RunningServer {
        self.bind().start(ProcessingMode::SingleThread, handler).unwrap()
    }

    pub(crate) fn connect(&self) -> DuplexClient {
        connect(&self.name)
    }
}

impl std::ops::Deref for Channel {
    type Target = str;

    fn deref(&self) -> &str {
        &self.name
    }
}

pub(crate) fn connect(channel: &str) -> DuplexClient {
    let response = BufferConfig::new(1024, 64 * 1024).unwrap();
    DuplexClient::options().response(response).connect(channel, TEST_TIMEOUT).unwrap()
}

pub(crate) fn reverse(
    request: Frame<'_>,
    responder: &mut Responder<'_>,
) -> Result<(), HandlerError> {
    let mut response = responder.reserve(request.len())?;
    for (to, from) in response.iter_mut().rev().zip(request.iter()) {
        *to = *from;
    }
    response.commit()?;
    Ok(())
}

fn reversed(request: &[u8]) -> Vec<u8> {
    request.iter().rev().copied().collect()
}

/// Sends and checks `count` requests of mixed sizes, several under way at a time.
pub(crate) fn talk(client: &mut DuplexClient, count: u64, seed: u64) {
    let (mut sizes, mut expected_sizes) = (Numbers::new(seed), Numbers::new(seed));
    let depth = 4;
    for number in 1..=count + depth {
        if number <= count {
            let request = pattern(number, sizes.up_to(3000) as usize);
            assert_eq!(client.send(&request).unwrap(), number);
        }
        if let Some(number) = number.checked_sub(depth).filter(|&number| number > 0) {
            let response = client.receive(TEST_TIMEOUT).unwrap().expect("an answer");
            assert_eq!(response.sequence(), number);
            let request = pattern(number, expected_sizes.up_to(3000) as usize);
            assert!(*response == reversed(&request), "response {number}");
        }
    }
    assert_eq!((client.sent(), client.unanswered()), (count, 0));
}

#[test]
fn a_thousand_mixed_requests_are_answered_in_order() {
    let channel = Channel::new("duplex");
    let server = channel.serve(reverse);
    let mut client = channel.connect();
    assert!(client.responses().state().control.writer_pid == 0 || client.is_server_connected());
    talk(&mut client, 1000, 1);
    assert!(client.is_server_connected());
    assert!(client.requests().stats().wraps > 10 && client.responses().stats().wraps > 10);
    let stats = server.stop().unwrap();
    assert_eq!((stats.clients, stats.requests, stats.responses, stats.errors), (1, 1000, 1000, 0));
    assert!(!client.is_server_connected());
    assert!(matches!(client.receive(TEST_TIMEOUT), Err(Error::WriterClosed { .. })));
    assert!(matches!(client.send(b"x"), Err(Error::ReaderDead { .. })));
    drop(client);
    channel.assert_gone();
}

#[test]
fn requests_can_be_filled_in_place() {
    let channel = Channel::new("duplex-request");
    let _server = channel.serve(reverse);
    let mut client = channel.connect();
    let mut slot = client.reserve(3).unwrap();
    slot.copy_from_slice(b"abc");
    slot.commit().unwrap();
    // The late answer to the first request is skipped.
    assert_eq!(&*client.request(b"xyz", TEST_TIMEOUT).unwrap().unwrap(), b"zyx");
    assert_eq!(client.unanswered(), 0);
    assert_eq!(client.channel(), &*channel);
}

#[test]
fn clients_follow_each_other_however_they_end() {
    const TEST: &str = "duplex::clients_follow_each_other_however_they_end";
    if let Some((_, channel)) = child_role() {
        let mut client = connect(&channel);
        talk(&mut client, 20, 5);
        report_to_parent("talked");
        return await_parent();
    }
    let channel = Channel::new("duplex-clients");
    let server = channel.serve(reverse);
    for turn in 0..10 {
        if turn % 2 == 0 {
            talk(&mut channel.connect(), 30, turn);
        } else {
            let mut child = Peer::start(TEST, "client", &channel);
            child.expect("talked");
            child.kill();
        }
    }
    // A server without clients forgets them all, the killed ones included.
    let mut last = channel.connect();
    talk(&mut last, 3, 3);
    drop(last);
    let stats = server.stop().unwrap();
    assert_eq!(stats.clients, 11);
    assert_eq!(stats.requests, 5 * 30 + 5 * 20 + 3);
    channel.assert_gone();
}

#[test]
fn immediate_second_client_is_served() {
    let channel = Channel::new("duplex-at-once");
    let server = channel.serve(reverse);
    // As clients of the other libraries connect: they do not care whether the buffer is used.
    let attach = || loop {
        let outcome = Writer::options().start_sequence(1).open(&channel.request);
        match outcome {
            Ok(writer) => return writer,
            Err(Error::NotFound { .. } | Error::NotReady { .. } | Error::WriterExists { .. }) => {
                std::thread::yield_now()
            }
            Err(error) => panic!("{error}"),
        }
    };
    for turn in 1..=20 {
        let mut requests = attach();
        let config = BufferConfig::new(64, 10240).unwrap();
        let mut responses = Reader::create(&channel.response, config).unwrap();
        for number in 1..=turn {
            requests.write(&pattern(turn + number, 500)).unwrap();
            let response = responses.read(TEST_TIMEOUT).unwrap().expect("an answer");
            assert_eq!(response.sequence(), number, "turn {turn}");
            assert!(*response == reversed(&pattern(turn + number, 500)), "turn {turn}");
        }
    }
    let stats = server.stop().unwrap();
    assert_eq!((stats.clients, stats.requests, stats.errors), (20, 210, 0));
    channel.assert_gone();
}

#[test]
fn killed_client_is_cleaned_up_by_the_server() {
    const TEST: &str = "duplex::killed_client_is_cleaned_up_by_the_server";
    if let Some((_, channel)) = child_role() {
        let mut client = connect(&channel);
        talk(&mut client, 5, 5);
        report_to_parent("talked");
        return await_parent();
    }
    let channel = Channel::new("duplex-killed");
    let (tell, errors) = mpsc::channel();
    let server = channel
        .bind()
        .on_error(move |error| tell.send(error).unwrap())
        .start(ProcessingMode::SingleThread, reverse)
        .unwrap();
    let mut child = Peer::start(TEST, "client", &channel);
    child.expect("talked");
    assert_eq!(channel.response.remains().len(), 4);
    let pid = child.pid();
    child.kill();
    match errors.recv_timeout(TEST_TIMEOUT).unwrap() {
        DuplexError::Client(Error::WriterDead { pid: of, .. }) => assert_eq!(of, pid),
        other => panic!("{other}"),
    }
    server.stop().unwrap();
    channel.assert_gone();
}

#[test]
fn server_without_client_stops_and_serves_late_clients() {
    let channel = Channel::new("duplex-no-client");
    let server = channel.serve(reverse);
    let began = Instant::now();
    server.stop().unwrap();
    assert!(began.elapsed() < STOP_BOUND);
    channel.assert_gone();

    // A client that connects and never sends anything, nor makes its response buffer.
    let server = channel.serve(reverse);
    let silent = Writer::open(&channel.request).unwrap();
    assert!(matches!(
        DuplexClient::connect(&channel, Duration::ZERO),
        Err(Error::WriterExists { .. })
    ));
    drop(silent);
    talk(&mut channel.connect(), 10, 1);
    let began = Instant::now();
    drop(server);
    assert!(began.elapsed() < STOP_BOUND);
    channel.assert_gone();
}

#[test]
fn requests_of_client_without_response_buffer_are_handled() {
    let channel = Channel::new("duplex-oneway");
    let (tell, heard) = mpsc::channel();
    let server = channel.serve(move |request, responder| {
        assert!(!responder.is_client_connected());
        let outcome = responder.write(b"no client receives this");
        assert!(matches!(outcome, Err(Error::ReaderDead { .. })));
        tell.send(request.to_vec()).unwrap();
        Ok(())
    });
    let mut writer = Writer::open(&channel.request).unwrap();
    for request in [&b"one"[..], b"two"] {
        writer.write(request).unwrap();
    }
    drop(writer);
    assert_eq!(heard.recv_timeout(TEST_TIMEOUT).unwrap(), b"one");
    assert_eq!(heard.recv_timeout(TEST_TIMEOUT).unwrap(), b"two");
    assert_eq!(server.stop().unwrap().errors, 0);
}

#[test]
fn failed_handler_costs_only_its_request() {
    let channel = Channel::new("duplex-errors");
    let errors = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&errors);
    let server = channel
        .bind()
        .on_error(move |error| seen.lock().unwrap().push(error.to_string()))
        .start(ProcessingMode::SingleThread, |request, responder| match request.first() {
            Some(b'e') => Err("out of ink".into()),
            Some(b'p') => {
                let _unfinished = responder.reserve(100)?;
                panic!("out of paper");
            }
            _ => reverse(request, responder),
        })
        .unwrap();
    let mut client = channel.connect();
    for request in ["one", "error", "panic", "two"] {
        client.send(request.as_bytes()).unwrap();
    }
    assert_eq!(&*client.receive(TEST_TIMEOUT).unwrap().unwrap(), b"eno");
    assert_eq!(&*client.receive(TEST_TIMEOUT).unwrap().unwrap(), b"owt");
    assert!(client.receive(Duration::from_millis(20)).unwrap().is_none());
    assert_eq!(client.unanswered(), 2, "the client knows that two are missing");
    let stats = server.stop().unwrap();
    assert_eq!((stats.requests, stats.responses, stats.errors), (4, 2, 2));
    assert_eq!(
        *errors.lock().unwrap(),
        ["request 2: out of ink", "request 3: the handler panicked: out of paper"]
    );
}

#[test]
fn each_excess_response_is_an_error() {
    let channel = Channel::new("duplex-chatty");
    // As a server of another library that writes two responses; this crate's server refuses that.
    let _requests = Reader::create(&channel.request, BufferConfig::default()).unwrap();
    let mut client = channel.connect();
    client.send(b"?").unwrap();
    let mut responses = Writer::open(&channel.response).unwrap();
    responses.write(b"yes").unwrap();
    responses.write(b"and another thing").unwrap();
    assert_eq!(&*client.receive(TEST_TIMEOUT).unwrap().unwrap(), b"yes");
    match client.receive(TEST_TIMEOUT) {
        Err(Error::UnexpectedResponse { number: 2, sent: 1, .. }) => {}
        other => panic!("{other:?}"),
    }
    assert!(client.receive(Duration::from_millis(20)).unwrap().is_none(), "it was skipped");
}

#[test]
fn full_response_ring_blocks_the_handler() {
    let channel = Channel::new("duplex-full");
    let (tell, written) = mpsc::channel();
    let server = channel.serve(move |_, responder| {
        let number = responder.write(&[7; 8192])?;
        tell.send(number).unwrap();
        Ok(())
    });
    let response = BufferConfig::new(0, 10240).unwrap();
    let mut client =
        DuplexClient::options().response(response).connect(&channel, TEST_TIMEOUT).unwrap();
    client.send(b"first").unwrap();
    client.send(b"second").unwrap();
    assert_eq!(written.recv_timeout(TEST_TIMEOUT).unwrap(), 1);
    assert!(written.recv_timeout(Duration::from_millis(100)).is_err(), "the ring is full");
    drop(client.receive(TEST_TIMEOUT).unwrap().expect("the first response"));
    assert_eq!(written.recv_timeout(TEST_TIMEOUT).unwrap(), 2);
    assert_eq!(client.receive(TEST_TIMEOUT).unwrap().expect("the second response").len(), 8192);
    let stats = server.stop().unwrap();
    assert_eq!((stats.responses, stats.errors), (2, 0));
}

#[test]
fn handler_waiting_for_space_ends_with_its_server() {
    let channel = Channel::new("duplex-room");
    let done = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&done);
    let server = channel
        .bind()
        .response_timeout(TEST_TIMEOUT)
        .start(ProcessingMode::SingleThread, move |_, responder| {
            let result = responder.write(&[7; 4000]);
            seen.store(matches!(result, Err(Error::ServerStopping { .. })), Ordering::SeqCst);
            Ok(result.map(drop)?)
        })
        .unwrap();
    let response = BufferConfig::new(0, 10240).unwrap();
    let mut client =
        DuplexClient::options().response(response).connect(&channel, TEST_TIMEOUT).unwrap();
    for _ in 0..5 {
        client.send(b"?").unwrap();
    }
    while server.stats().requests < 3 {
        std::thread::yield_now();
    }
    // Two fit; the third waits until one is read.
    assert_eq!(server.stats().responses, 2);
    drop(client.receive(TEST_TIMEOUT).unwrap().unwrap());
    while server.stats().requests < 4 {
        std::thread::yield_now();
    }
    assert_eq!(server.stats().responses, 3);
    let began = Instant::now();
    let stats = server.stop().unwrap();
    assert!(began.elapsed() < STOP_BOUND, "the handler's 30 s are not waited for");
    assert!(done.load(Ordering::SeqCst), "the error names the reason");
    assert_eq!(stats.errors, 1);
}

#[test]
fn metadata_arrives_once_per_client_before_its_first_request() {
    let channel = Channel::new("duplex-metadata");
    let (tell, heard) = mpsc::channel();
    let also = tell.clone();
    let _server = channel
        .bind()
        .on_metadata(move |metadata| tell.send(metadata.to_vec()).unwrap())
        .start(ProcessingMode::SingleThread, move |request, responder| {
            also.send(request.to_vec()).unwrap();
            responder.write(b"ok")?;
            Ok(())
        })
        .unwrap();
    for client_name in [&b"first client"[..], b"second client"] {
        let mut client = channel.connect();
        client.set_metadata(client_name).unwrap();
        assert!(client.request(b"one", TEST_TIMEOUT).unwrap().is_some());
        assert!(client.request(b"two", TEST_TIMEOUT).unwrap().is_some());
    }
    let heard: Vec<_> = heard.try_iter().collect();
    let expected = ["first client", "one", "two", "second client", "one", "two"];
    assert_eq!(heard, expected.map(|text| text.as_bytes().to_vec()));
}

#[test]
fn damaged_request_ends_its_session_not_the_server() {
    let channel = Channel::new("duplex-damaged");
    let server = channel.serve(reverse);
    let response = BufferConfig::new(0, 10240).unwrap();
    let mut client =
        DuplexClient::options().response(response).connect(&channel, TEST_TIMEOUT).unwrap();
    assert!(client.request(b"fine", TEST_TIMEOUT).unwrap().is_some());
    let object = std::fs::File::options().write(true).open(channel.request.shm_path()).unwrap();
    // The read position, which the server alone writes.
    std::os::unix::fs::FileExt::write_all_at(&object, &u64::MAX.to_le_bytes(), 0x38).unwrap();
    client.send(b"lost").unwrap();
    assert!(matches!(
        client.receive(TEST_TIMEOUT),
        Err(Error::WriterClosed { .. } | Error::ReaderDead { .. })
    ));
    drop(client);
    talk(&mut channel.connect(), 10, 2);
    assert_eq!(server.stop().unwrap().errors, 1);
    channel.assert_gone();
}

#[test]
fn dead_server_is_detected_and_can_be_restarted() {
    const TEST: &str = "duplex::dead_server_is_detected_and_can_be_restarted";
    if let Some((_, channel)) = child_role() {
        let channel = Channel::of(TestName::exactly(channel));
        let _server = channel.serve(|request, responder| {
            if &*request == b"crash" {
                std::process::abort();
            }
            reverse(request, responder)
        });
        report_to_parent("bound");
        return await_parent();
    }
    let channel = Channel::new("duplex-dead-server");
    let mut child = Peer::start(TEST, "server", &channel);
    child.expect("bound");
    let mut client = channel.connect();
    assert!(client.request(b"abc", TEST_TIMEOUT).unwrap().is_some());
    client.send(b"crash").unwrap();
    let began = Instant::now();
    assert!(matches!(client.receive(TEST_TIMEOUT), Err(Error::WriterDead { .. })));
    assert!(began.elapsed() < TEST_TIMEOUT / 2, "the timeout was not waited for");
    drop(child);
    drop(client);
    let server = channel.serve(reverse);
    talk(&mut channel.connect(), 10, 2);
    server.stop().unwrap();
    channel.assert_gone();
}

#[test]
fn handle_stops_server_on_this_thread() {
    let channel = Channel::new("duplex-here");
    let server = channel.bind();
    let stopper = server.handle();
    let name = channel.to_string();
    let talking = std::thread::spawn(move || talk(&mut connect(&name), 10, 1));
    let stats = server
        .serve(|request, responder| {
            if request.sequence() == 10 {
                stopper.stop();
            }
            reverse(request, responder)
        })
        .unwrap();
    assert_eq!(stats.responses, 10);
    talking.join().unwrap();
}

#[test]
fn unsupported_channel_requests_are_refused() {
    let channel = Channel::new("duplex-refused");
    let never = |_: Frame<'_>, _: &mut Responder<'_>| Ok(());
    let refused = channel.bind().start(ProcessingMode::ThreadPool, never);
    assert!(matches!(refused, Err(Error::UnsupportedMode { .. })));
    channel.assert_gone();

    let no_server = DuplexClient::connect(&channel, Duration::ZERO);
    assert!(matches!(no_server, Err(Error::NotFound { .. })));
    channel.assert_gone();

    let server = channel.bind();
    let second = DuplexServer::bind(&channel, BufferConfig::default());
    assert!(matches!(second, Err(Error::ReaderExists { .. })));
    drop(server);
    let long = "x".repeat(237);
    assert!(matches!(
        DuplexServer::bind(&long, BufferConfig::default()),
        Err(Error::InvalidName { length: 237, .. })
    ));
    assert!(matches!(
        DuplexClient::connect(&long, Duration::ZERO),
        Err(Error::InvalidName { length: 237, .. })
    ));
    channel.assert_gone();
}
