//! Duplex channels with the Python library on the other side.

use std::path::Path;
use std::process::Command;

use zerobuffer::{BufferConfig, DuplexClient, ProcessingMode};

use crate::duplex::{Channel, reverse, talk};
use crate::python_environment::python;
use crate::support::{Peer, TEST_TIMEOUT};

fn start(python: &Path, role: &str, channel: &Channel, count: u64) -> Peer {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/duplex_peer.py");
    let mut command = Command::new(python);
    command.arg(script).args([role, channel, &count.to_string()]);
    Peer::spawn(&mut command, role, channel)
}

#[test]
fn a_python_server_answers_a_thousand_mixed_requests() {
    let Some(python) = python("a duplex server of the Python library") else { return };
    let channel = Channel::new("duplex-python-server");
    let mut server = start(&python, "serve", &channel, 0);
    server.expect("serving");
    let response = BufferConfig::new(1024, 64 * 1024).unwrap();
    let mut client =
        DuplexClient::options().response(response).connect(&channel, TEST_TIMEOUT).unwrap();
    talk(&mut client, 1000, 7);
    assert!(client.is_server_connected());
    let wraps = (client.requests().stats().wraps, client.responses().stats().wraps);
    assert!(wraps.0 > 10 && wraps.1 > 10, "{wraps:?}");
}

#[test]
fn python_clients_are_answered_one_after_another() {
    let Some(python) = python("duplex clients of the Python library") else { return };
    let channel = Channel::new("duplex-python-client");
    let server = channel.bind().start(ProcessingMode::SingleThread, reverse).unwrap();
    for count in [1000, 50] {
        let mut client = start(&python, "request", &channel, count);
        client.expect("done");
        client.join();
    }
    let stats = server.stop().unwrap();
    assert_eq!((stats.clients, stats.requests, stats.responses), (2, 1050, 1050));
    assert_eq!(stats.errors, 0);
}

#[test]
fn python_client_gets_an_error_instead_of_the_wrong_response() {
    let Some(python) = python("a duplex client of the Python library") else { return };
    let channel = Channel::new("duplex-python-gap");
    let server = channel
        .bind()
        .start(ProcessingMode::SingleThread, |request, responder| match request.sequence() {
            2 => Err("no response".into()),
            _ => reverse(request, responder),
        })
        .unwrap();
    let mut client = start(&python, "gap", &channel, 3);
    client.expect("sequence error");
    client.join();
    assert_eq!(server.stop().unwrap().responses, 2);
}
