//! Steps of a service that all scenarios of the run share, with async and blocking clients.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};

use harmony_bdd::{fixture, given, then, when};

use crate::client::{Client, ClientError};
use crate::service::Service;

/// The service of the whole run.
struct SharedService(Service);

// It starts once, when the first step takes it. Its tasks run on the runtime of the run, so it serves
// every scenario, also while a step blocks its thread. Every scenario uses different keys.
#[fixture(scope = suite)]
async fn shared_service() -> io::Result<SharedService> {
    Service::start().await.map(SharedService)
}

#[given("the shared service is running")]
fn is_running(service: &SharedService) {
    assert_ne!(service.0.address().port(), 0);
}

#[when(expr = "an async client adds {int} to {word}")]
async fn adds(service: &SharedService, number: i64, key: &str) -> Result<(), ClientError> {
    let mut client = Client::connect(service.0.address()).await?;
    client.ask(&format!("ADD {key} {number}")).await.map(drop)
}

#[when(expr = "a blocking client adds {int} to {word}")]
fn adds_blocking(service: &SharedService, number: i64, key: &str) -> io::Result<()> {
    ask(service.0.address(), &format!("ADD {key} {number}")).map(drop)
}

#[then(expr = "a blocking client sees that {word} is {int}")]
fn sees(service: &SharedService, key: &str, number: i64) -> io::Result<()> {
    let response = ask(service.0.address(), &format!("GET {key}"))?;
    assert_eq!(response, format!("VALUE {number}"));
    Ok(())
}

/// Sends one request and blocks until the response arrives.
fn ask(address: SocketAddr, request: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(format!("{request}\n").as_bytes())?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line)?;
    Ok(line.trim_end().to_owned())
}
