//! Tasks of scenarios and of the suite: what drives them, and when they end.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Barrier, Mutex};
use std::time::Duration;

use harmony_bdd::{fixture, given, then, when};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::suite::Suite;

/// Returns every received byte to its sender.
async fn echo_server() -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (mut read, mut write) = client.split();
                let _ = tokio::io::copy(&mut read, &mut write).await;
            });
        }
    });
    Ok(address)
}

async fn ask(address: SocketAddr) -> std::io::Result<()> {
    let mut client = tokio::net::TcpStream::connect(address).await?;
    client.write_all(b"ping").await?;
    client.read_exact(&mut [0; 4]).await.map(drop)
}

fn ask_blocking(address: SocketAddr) -> std::io::Result<()> {
    let mut client = TcpStream::connect(address)?;
    client.write_all(b"ping")?;
    client.read_exact(&mut [0; 4])
}

struct SuiteServer(SocketAddr);
struct OwnServer(SocketAddr);

#[fixture(scope = suite)]
async fn suite_server() -> std::io::Result<SuiteServer> {
    echo_server().await.map(SuiteServer)
}

#[fixture]
async fn own_server() -> std::io::Result<OwnServer> {
    echo_server().await.map(OwnServer)
}

#[when("an async client asks the suite's server")]
async fn asks(server: &SuiteServer) -> std::io::Result<()> {
    ask(server.0).await
}

#[when("a blocking client asks the suite's server")]
fn asks_blocking(server: &SuiteServer) -> std::io::Result<()> {
    ask_blocking(server.0)
}

#[when("a blocking client asks the scenario's server")]
fn asks_own(server: &OwnServer) -> std::io::Result<()> {
    ask_blocking(server.0)
}

#[then("block_in_place works")]
async fn blocks_in_place() {
    tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(pause()));
}

#[then("spawn_local works")]
async fn spawns_locally() {
    let local = Rc::new(5);
    let task = tokio::task::spawn_local(async move {
        pause().await;
        *local
    });
    assert_eq!(task.await.unwrap(), 5);
}

#[then("a handle of the runtime blocks on a sleep in a sync step")]
fn handle_blocks() {
    tokio::runtime::Handle::current().block_on(pause());
}

#[then("a future that is not Send works")]
async fn is_not_send() {
    let local = Rc::new(5);
    pause().await;
    assert_eq!(*local, 5);
}

async fn pause() {
    tokio::time::sleep(Duration::from_millis(1)).await;
}

/// A state that is not `Send`, with a task that was spawned by one step and is awaited by another.
#[derive(Default)]
struct Background(Option<(Rc<()>, JoinHandle<u32>)>);

#[given("a task that a channel starts")]
async fn background(background: &mut Background) {
    background.0 = Some((Rc::new(()), tokio::spawn(async { 5 })));
}

#[when("a sync step waits until the task has ended")]
fn waits_for_task(background: &Background) {
    while !background.0.as_ref().unwrap().1.is_finished() {
        std::thread::yield_now();
    }
}

#[when("the clock is paused and an hour passes")]
async fn hour_passes() {
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(3600)).await;
    tokio::time::sleep(Duration::from_secs(3600)).await;
}

#[then("a thread answers an async step")]
async fn thread_answers() {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || sender.send(7));
    assert_eq!(receiver.await.unwrap(), 7);
    tokio::time::sleep(Duration::from_secs(1)).await;
}

/// Guards that were dropped, by name.
static DROPPED: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct Guard(String);

impl Drop for Guard {
    fn drop(&mut self) {
        DROPPED.lock().unwrap().push(self.0.clone());
    }
}

fn spawn_guarded(name: String) {
    let guard = Guard(name);
    tokio::spawn(async move {
        let _guard = guard;
        std::future::pending::<()>().await;
    });
}

#[when(expr = "it spawns the endless task {string}")]
fn spawns_endless(name: String) {
    spawn_guarded(name);
}

#[when(expr = "it spawns the endless task {string} and hangs", timeout_ms = 100)]
fn spawns_endless_and_hangs(name: String) {
    spawn_guarded(name);
    loop {
        std::thread::park();
    }
}

#[then(expr = "the task {string} has ended")]
fn has_ended(name: String) {
    assert!(DROPPED.lock().unwrap().contains(&name));
}

#[when("it starts a blocking call that never returns")]
fn never_returns() {
    tokio::task::spawn_blocking(|| {
        loop {
            std::thread::park();
        }
    });
}

struct NeverEnds;

#[fixture(scope = suite)]
fn never_ends() -> NeverEnds {
    never_returns();
    NeverEnds
}

#[given("a suite whose blocking call never returns")]
fn takes_never_ends(_never: &NeverEnds) {}

/// Number of calls of the fixtures that fail.
static TRIES: AtomicUsize = AtomicUsize::new(0);

struct NoDatabase;
struct Explodes;
struct Slow;

#[fixture(scope = suite)]
async fn no_database() -> Result<NoDatabase, String> {
    pause().await;
    Err(format!("no database, try {}", TRIES.fetch_add(1, Ordering::Relaxed) + 1))
}

#[fixture(scope = feature)]
fn explodes() -> Explodes {
    panic!("exploded, try {}", TRIES.fetch_add(1, Ordering::Relaxed) + 1);
}

#[fixture(scope = suite)]
fn slow() -> Slow {
    loop {
        std::thread::park();
    }
}

#[given("the database")]
fn takes_no_database(_database: &NoDatabase) {}

#[given("something that explodes")]
fn takes_explodes(_explodes: &Explodes) {}

#[given("something that never starts", timeout_ms = 100)]
fn takes_slow(_slow: &Slow) {}

static MEETING: Barrier = Barrier::new(2);

struct MeetsLeft;
struct MeetsRight;
struct Left;
struct Right;

#[fixture(scope = suite)]
fn meets_left() -> MeetsLeft {
    MEETING.wait();
    MeetsLeft
}

#[fixture(scope = suite)]
fn meets_right() -> MeetsRight {
    MEETING.wait();
    MeetsRight
}

#[fixture(scope = suite)]
fn left(_first: &MeetsLeft, _right: &Right) -> Left {
    Left
}

#[fixture(scope = suite)]
fn right(_first: &MeetsRight, _left: &Left) -> Right {
    Right
}

#[given("the left half")]
fn takes_left(_left: &Left) {}

#[given("the right half")]
fn takes_right(_right: &Right) {}

#[test]
fn suite_server_serves_every_scenario() {
    let suite = Suite::new(
        "Feature: f
  Scenario Outline: s
    When <client> client asks the suite's server
    When <client> client asks the suite's server

    Examples:
      | client     |
      | an async   |
      | a blocking |
      | an async   |
      | a blocking |
      | an async   |
      | a blocking |
",
    );
    for jobs in ["1", "4"] {
        suite.run(&["run", "-j", jobs]).assert(0, &["6 scenarios (6 passed)"]);
    }
}

#[test]
fn task_runs_while_a_sync_step_blocks() {
    let suite = Suite::new(
        "Feature: f
  Scenario: server
    When a blocking client asks the scenario's server
  Scenario: task
    Given a task that a channel starts
    When a sync step waits until the task has ended
",
    );
    suite.run(&["run"]).assert(0, &["2 scenarios (2 passed)"]);
}

#[test]
fn runtime_supports_what_tokio_offers() {
    let suite = Suite::new(
        "Feature: f
  Scenario: a
    Then block_in_place works
    Then spawn_local works
    Then a handle of the runtime blocks on a sleep in a sync step
    Then a future that is not Send works
",
    );
    suite.run(&["run"]).assert(0, &["4 steps (4 passed)"]);
}

#[test]
fn paused_clock_expires_no_deadline() {
    let scenario = "Scenario: a
    When the clock is paused and an hour passes
    Then a thread answers an async step
    And spawn_local works
";
    let by_tag = Suite::new(&format!("Feature: f\n  @tokio.current_thread\n  {scenario}"));
    by_tag.run(&["run"]).assert(0, &["3 steps (3 passed)"]);
    let by_option = Suite::new(&format!("Feature: f\n  {scenario}"));
    let option = ["run", "--tokio-flavor", "current-thread"];
    by_option.run(&option).assert(0, &["3 steps (3 passed)"]);
    by_option.write("harmony.toml", "[run]\ntokio-flavor = \"current-thread\"\n");
    by_option.run(&["run"]).assert(0, &["3 steps (3 passed)"]);
}

#[test]
fn async_step_is_cancelled_at_its_deadline_on_a_paused_clock() {
    let suite = Suite::new(
        "Feature: f
  @tokio.current_thread
  Scenario: a
    When the clock is paused and nothing happens
  Scenario: b
    Given all is well
",
    );
    suite
        .run(&["run", "-j", "1"])
        .assert(1, &["the step was still running after 100", "2 scenarios (1 passed, 1 failed)"]);
}

#[when("the clock is paused and nothing happens", timeout_ms = 100)]
async fn nothing_happens() {
    tokio::time::pause();
    std::future::pending().await
}

#[test]
fn tasks_end_with_their_scenario() {
    let suite = Suite::new(
        "Feature: f
  Scenario: spawns
    When it spawns the endless task 'a'
  Scenario: is next
    Then the task 'a' has ended
  Scenario: hangs
    When it spawns the endless task 'b' and hangs
  Scenario: is last
    Then the task 'a' has ended
",
    );
    suite.run(&["run", "-j", "1"]).assert(1, &["4 scenarios (3 passed, 1 failed)"]);
}

#[test]
fn tasks_of_an_abandoned_scenario_end() {
    let suite = Suite::new(
        "Feature: f
  Scenario: hangs
    When it spawns the endless task 'c' and hangs
  Scenario: is next
    When it waits until the task 'c' has ended
",
    );
    suite.run(&["run", "-j", "1"]).assert(1, &["2 scenarios (1 passed, 1 failed)"]);
}

#[when(expr = "it waits until the task {string} has ended")]
fn waits_for_end(name: String) {
    while !DROPPED.lock().unwrap().contains(&name) {
        std::thread::yield_now();
    }
}

#[test]
fn blocking_call_that_does_not_end_is_reported_with_its_step() {
    let suite = Suite::new(
        "Feature: f
  Scenario: leaves
    Given all is well
    When it starts a blocking call that never returns
    Given all is well
  Scenario: is next
    Given all is well
",
    );
    suite.run(&["run", "-j", "1"]).assert(
        1,
        &[
            "a task or blocking call of the scenario still ran 1s after its end; tasks were started in `never_returns` (runtime/tests/runner/tasks.rs:",
            "2 scenarios (1 passed, 1 failed)",
        ],
    );
}

#[test]
fn task_of_the_suite_that_does_not_end_is_reported() {
    let suite = Suite::new(
        "Feature: f\n  Scenario: s\n    Given a suite whose blocking call never returns\n",
    );
    suite.run(&["run"]).assert(
        1,
        &["1 task or blocking call of features or of the suite still ran 1s after the run"],
    );
}

#[test]
fn failing_shared_fixture_is_made_once_and_is_every_reason() {
    for (step, reason) in [
        ("the database", "error: fixture `no_database` (runtime/tests/runner/tasks.rs:"),
        ("something that explodes", "error: fixture `explodes` (runtime/tests/runner/tasks.rs:"),
    ] {
        let suite = Suite::new(&format!(
            "Feature: f
  Scenario: a
    Given {step}
  Scenario: b
    Given {step}
  Scenario: c
    Given {step}
"
        ));
        for jobs in ["1", "3"] {
            let ran = suite.run(&["run", "-j", jobs]);
            ran.assert(1, &["3 scenarios (3 failed)"]);
            assert_eq!(ran.out.matches(reason).count(), 3, "{}", ran.out);
            assert!(!ran.out.contains(", try 2"), "{}", ran.out);
        }
    }
}

#[test]
fn shared_fixture_that_never_returns_is_every_reason() {
    let suite = Suite::new(
        "Feature: f
  Scenario: a
    Given something that never starts
  Scenario: b
    Given something that never starts
",
    );
    let ran = suite.run(&["run", "-j", "1"]);
    ran.assert(
        1,
        &[
            "the step was still running after 100",
            "fixture `slow` (runtime/tests/runner/tasks.rs:",
            "did not return within 100ms",
            "2 scenarios (2 failed)",
        ],
    );
}

#[test]
fn cycle_of_fixtures_on_two_threads_is_reported() {
    let suite = Suite::new(
        "Feature: f
  Scenario: a
    Given the left half
  Scenario: b
    Given the right half
",
    );
    let ran = suite.run(&["run", "-j", "2"]);
    ran.assert(1, &["2 scenarios (2 failed)"]);
    assert_eq!(ran.out.matches("error: fixture cycle: ").count(), 2, "{}", ran.out);
    assert!(!ran.out.contains("still running"), "{}", ran.out);
}
