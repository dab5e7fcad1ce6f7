//! Sessions of a duplex server: which client gets a response, and for which request.

use std::sync::mpsc;
use std::time::Duration;

use zerobuffer::{BufferConfig, DuplexClient, DuplexError, Error, ProcessingMode, Reader, Writer};

use crate::duplex::{Channel, connect, reverse};
use crate::support::{Peer, TEST_TIMEOUT, TestName, await_parent, child_role, report_to_parent};

/// Longer than any answer of an idle server takes.
const NO_RESPONSE: Duration = Duration::from_millis(300);

#[test]
fn client_killed_before_its_first_request_gets_no_responses() {
    const TEST: &str = "duplex_sessions::client_killed_before_its_first_request_gets_no_responses";
    if let Some((_, channel)) = child_role() {
        let _client = connect(&channel);
        report_to_parent("connected");
        return await_parent();
    }
    for turn in 0..4 {
        let channel = Channel::new("duplex-killed-silent");
        let server = channel.serve(reverse);
        let mut child = Peer::start(TEST, "client", &channel);
        child.expect("connected");
        // The server attaches to the first client's response buffer, except in the first turn.
        while turn > 0 && !channel.response_writer_is_attached() {
            std::thread::yield_now();
        }
        child.kill();
        let mut second = channel.connect();
        for request in [&b"one"[..], b"two", b"three"] {
            let response = second.request(request, TEST_TIMEOUT).unwrap().expect("a response");
            assert_eq!(response.iter().rev().copied().collect::<Vec<_>>(), request);
        }
        drop(second);
        assert_eq!(server.stop().unwrap().responses, 3);
        channel.assert_gone();
    }
}

#[test]
fn silent_client_costs_its_successor_no_request() {
    for turn in 0..10 {
        let channel = Channel::new("duplex-silent");
        let server = channel.serve(reverse);
        let first = channel.connect();
        while turn > 0 && !channel.response_writer_is_attached() {
            std::thread::yield_now();
        }
        first.close();
        let mut second = channel.connect();
        assert_eq!(&*second.request(b"abc", TEST_TIMEOUT).unwrap().expect("a response"), b"cba");
        drop(second);
        server.stop().unwrap();
    }
}

#[test]
fn metadata_of_a_silent_client_is_not_its_successors() {
    let channel = Channel::new("duplex-silent-metadata");
    let (sender, metadata) = mpsc::channel();
    let server = channel
        .bind()
        .on_metadata(move |metadata| sender.send(metadata.to_vec()).unwrap())
        .start(ProcessingMode::SingleThread, reverse)
        .unwrap();
    let mut first = channel.connect();
    first.set_metadata(b"first").unwrap();
    drop(first);
    let mut second = channel.connect();
    second.set_metadata(b"second").unwrap();
    assert!(second.request(b"abc", TEST_TIMEOUT).unwrap().is_some());
    drop(second);
    server.stop().unwrap();
    assert_eq!(metadata.try_iter().collect::<Vec<_>>(), [b"second".to_vec()]);
}

/// The treatment of the request "bad" by the handler.
#[derive(Clone, Copy, Debug)]
enum Failure {
    Error,
    Panic,
    Refusal,
    Silence,
}

fn serve_with(
    channel: &Channel,
    failure: Failure,
    errors: mpsc::Sender<String>,
) -> zerobuffer::RunningServer {
    channel
        .bind()
        .on_error(move |error| errors.send(error.to_string()).unwrap())
        .start(ProcessingMode::SingleThread, move |request, responder| {
            if &*request == b"bad" {
                match failure {
                    Failure::Error => return Err("no".into()),
                    Failure::Panic => panic!("no"),
                    Failure::Refusal => drop(responder.write(b"")?),
                    Failure::Silence => return Ok(()),
                }
            }
            reverse(request, responder)
        })
        .unwrap()
}

#[test]
fn responses_keep_the_number_of_their_request() {
    for failure in [Failure::Error, Failure::Panic, Failure::Refusal, Failure::Silence] {
        let channel = Channel::new("duplex-numbers");
        let (sender, errors) = mpsc::channel();
        let server = serve_with(&channel, failure, sender);
        let mut client = channel.connect();
        assert_eq!(&*client.request(b"one", TEST_TIMEOUT).unwrap().unwrap(), b"eno");
        assert!(client.request(b"bad", NO_RESPONSE).unwrap().is_none(), "{failure:?}");
        assert_eq!(&*client.request(b"two", TEST_TIMEOUT).unwrap().unwrap(), b"owt");
        for request in [&b"bad"[..], b"abc", b"bad", b"bad", b"xyz"] {
            client.send(request).unwrap();
        }
        for (number, expected) in [(5, b"cba"), (8, b"zyx")] {
            let response = client.receive(TEST_TIMEOUT).unwrap().unwrap();
            assert_eq!((response.sequence(), &*response), (number, &expected[..]), "{failure:?}");
        }
        assert_eq!(client.unanswered(), 4);
        drop(client);
        let stats = server.stop().unwrap();
        assert_eq!((stats.requests, stats.responses, stats.errors), (8, 4, 4), "{failure:?}");
        let errors: Vec<_> = errors.try_iter().collect();
        assert!(errors[0].starts_with("request 2: "), "{errors:?}");
    }
}

#[test]
fn second_response_to_a_request_is_refused() {
    let channel = Channel::new("duplex-twice");
    let (sender, errors) = mpsc::channel();
    let server = channel
        .bind()
        .on_error(move |error| sender.send(error).unwrap())
        .start(ProcessingMode::SingleThread, |request, responder| {
            responder.write(&request)?;
            responder.write(b"again")?;
            Ok(())
        })
        .unwrap();
    let mut client = channel.connect();
    for (number, request) in [(1, b"one"), (2, b"two")] {
        client.send(request).unwrap();
        let response = client.receive(TEST_TIMEOUT).unwrap().unwrap();
        assert_eq!((response.sequence(), &*response), (number, &request[..]));
    }
    assert_eq!(server.stop().unwrap().responses, 2);
    for expected in [1, 2] {
        match errors.recv_timeout(TEST_TIMEOUT).unwrap() {
            DuplexError::Handler { request, error } => {
                assert_eq!(request, expected);
                let error = error.downcast::<Error>().unwrap();
                assert!(
                    matches!(*error, Error::AlreadyAnswered { request, .. } if request == expected)
                );
            }
            other => panic!("{other}"),
        }
    }
}

#[test]
fn gap_in_an_ordinary_buffer_is_still_an_error() {
    let name = TestName::new("duplex-gap");
    let mut reader = Reader::create(&name, BufferConfig::default()).unwrap();
    let mut writer = Writer::options().start_sequence(2).open(&name).unwrap();
    writer.write(b"two").unwrap();
    assert!(matches!(reader.try_read(), Err(Error::Sequence { expected: 1, got: 2, .. })));
}

#[test]
fn client_reports_responses_of_the_wrong_number() {
    let channel = Channel::new("duplex-backwards");
    let mut requests = Reader::create(channel.request_name(), BufferConfig::default()).unwrap();
    let mut client: DuplexClient = connect(&channel);
    client.send(b"one").unwrap();
    client.send(b"two").unwrap();
    assert!(requests.read(TEST_TIMEOUT).unwrap().is_some());
    let mut responses = Writer::options().start_sequence(2).open(channel.response_name()).unwrap();
    responses.write(b"second").unwrap();
    assert_eq!(client.receive(TEST_TIMEOUT).unwrap().unwrap().sequence(), 2);
    responses.close();
    let mut responses = Writer::options().start_sequence(1).open(channel.response_name()).unwrap();
    responses.write(b"first").unwrap();
    assert!(matches!(
        client.receive(TEST_TIMEOUT),
        Err(Error::Sequence { expected: 3, got: 1, .. })
    ));
}
