//! Steps of the clients.

use std::collections::HashMap;
use std::error::Error;
use std::time::Duration;

use harmony_bdd::{Caught, fixture, given, param, then, when};
use tokio::task::JoinSet;

use crate::client::{Client, ClientError};
use crate::service::Service;

/// The connected clients of a scenario, by name.
#[derive(Default)]
struct Clients(HashMap<String, Client>);

impl Clients {
    fn named(&mut self, name: &str) -> Result<&mut Client, String> {
        self.0.get_mut(name).ok_or_else(|| format!("{name} is not connected"))
    }
}

/// Requests whose responses arrive while the scenario continues.
#[derive(Default)]
struct Waiting(JoinSet<Result<Option<i64>, ClientError>>);

/// The parameter type `{duration}`: `200 ms`, `2 s`.
#[param(name = "duration", regex = "([0-9]+) (ms|s)")]
fn duration(count: u64, unit: &str) -> Duration {
    match unit {
        "s" => Duration::from_secs(count),
        _ => Duration::from_millis(count),
    }
}

// Every scenario gets its own service on its own port, created when a step first takes it. It runs
// on the scenario's async runtime and ends with the scenario.
#[fixture]
async fn service() -> std::io::Result<Service> {
    Service::start().await
}

#[given("the service is running")]
fn is_running(service: &Service) {
    assert_ne!(service.address().port(), 0);
}

// An error fails the step, and the report shows its cause.
#[given(expr = "{word} is connected")]
async fn connects(
    clients: &mut Clients,
    service: &Service,
    name: String,
) -> Result<(), ClientError> {
    clients.0.insert(name, Client::connect(service.address()).await?);
    Ok(())
}

#[when(expr = "{word} sets {word} to {int}")]
async fn sets(
    clients: &mut Clients,
    name: &str,
    key: &str,
    number: i64,
) -> Result<(), Box<dyn Error>> {
    clients.named(name)?.ask(&format!("SET {key} {number}")).await?;
    Ok(())
}

#[then(expr = "{word} sees that {word} is {int}")]
async fn sees(
    clients: &mut Clients,
    name: &str,
    key: &str,
    number: i64,
) -> Result<(), Box<dyn Error>> {
    assert_eq!(clients.named(name)?.ask(&format!("GET {key}")).await?, Some(number));
    Ok(())
}

#[then(expr = "{word} sees that {word} has no value")]
async fn sees_nothing(clients: &mut Clients, name: &str, key: &str) -> Result<(), Box<dyn Error>> {
    assert_eq!(clients.named(name)?.ask(&format!("GET {key}")).await?, None);
    Ok(())
}

// The deadline applies to the step as a whole: at the deadline all its tasks are cancelled.
#[when(expr = "{int} clients add 1 to {word} {int} times each, all at once", timeout_ms = 10_000)]
async fn all_at_once(
    service: &Service,
    clients: usize,
    key: &str,
    times: usize,
) -> Result<(), ClientError> {
    let (address, request) = (service.address(), format!("ADD {key} 1"));
    let mut tasks = JoinSet::new();
    for _ in 0..clients {
        let request = request.clone();
        tasks.spawn(async move {
            let mut client = Client::connect(address).await?;
            for _ in 0..times {
                client.ask(&request).await?;
            }
            Ok(())
        });
    }
    tasks.join_all().await.into_iter().collect()
}

#[when(expr = "{word} waits for {word} to change")]
async fn waits(
    clients: &mut Clients,
    waiting: &mut Waiting,
    service: &Service,
    name: &str,
    key: &str,
) -> Result<(), Box<dyn Error>> {
    let mut client = clients.0.remove(name).ok_or("no client of that name is connected")?;
    let request = format!("WATCH {key}");
    let asked = service.requests().len();
    waiting.0.spawn(async move { client.ask(&request).await });
    // Waits until the service has received the request, so that the next step acts after it.
    while service.requests().len() == asked {
        tokio::task::yield_now().await;
    }
    Ok(())
}

#[then(expr = "the waiting client receives {int}", timeout_ms = 2000, warn_after_ms = 500)]
async fn receives(waiting: &mut Waiting, number: i64) -> Result<(), Box<dyn Error>> {
    let response = waiting.0.join_next().await.ok_or("no client waits")??;
    assert_eq!(response?, Some(number));
    Ok(())
}

#[when(expr = "{word} waits at most {duration} for {word} to change", catch(ClientError))]
async fn waits_at_most(
    clients: &mut Clients,
    name: &str,
    limit: Duration,
    key: &str,
) -> Result<(), Box<dyn Error>> {
    clients.named(name)?.ask_within(limit, &format!("WATCH {key}")).await?;
    Ok(())
}

#[when(expr = "{word} sends {string}", catch(ClientError))]
async fn sends(clients: &mut Clients, name: &str, request: &str) -> Result<(), Box<dyn Error>> {
    clients.named(name)?.ask(request).await?;
    Ok(())
}

#[when("the service stops")]
async fn stops(service: &mut Service) {
    service.stop().await;
}

#[when(expr = "{word} tries to connect", catch(ClientError))]
async fn tries_to_connect(
    clients: &mut Clients,
    service: &Service,
    name: String,
) -> Result<(), ClientError> {
    connects(clients, service, name).await
}

#[then(expr = "that took longer than {duration}")]
fn too_late(caught: &Caught, wanted: Duration) {
    match caught.error() {
        Some(ClientError::TooLate { limit, .. }) => assert_eq!(*limit, wanted),
        other => panic!("expected a late response, got {other:?}"),
    }
}

#[then(expr = "that is refused: {}")]
fn refused(caught: &Caught, wanted: &str) {
    match caught.error() {
        Some(ClientError::Refused { reason, .. }) => assert_eq!(reason, wanted),
        other => panic!("expected a refusal, got {other:?}"),
    }
}

#[then(expr = "the system says why: {}")]
fn system_says(caught: &Caught, wanted: &str) -> Result<(), &'static str> {
    let error: &ClientError = caught.error().ok_or("no client error was caught")?;
    let cause = error.source().ok_or("the error has no cause")?;
    assert!(cause.to_string().starts_with(wanted), "{cause}");
    Ok(())
}
