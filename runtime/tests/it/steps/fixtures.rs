//! Fixtures: their dependencies, lifetimes and the order of their drops.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use harmony_bdd::engine::{FeatureRun, Registry, Session, StepCall, Suite};
use harmony_bdd::model::Outcome;
use harmony_bdd::{fixture, given};

use super::test_scenario::{LIMIT, TestScenario, failure};

/// The events of the states of one scenario, in order; the states keep it alive.
#[derive(Default, Clone)]
struct Diary(Arc<Mutex<Vec<&'static str>>>);

impl Diary {
    fn note(&self, line: &'static str) {
        self.0.lock().expect("no panic under the lock").push(line);
    }

    fn lines(&self) -> Vec<&'static str> {
        self.0.lock().expect("no panic under the lock").clone()
    }
}

struct Disk(Diary);
struct Database {
    diary: Diary,
    rows: u32,
}

impl Drop for Disk {
    fn drop(&mut self) {
        self.0.note("disk gone");
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        self.diary.note("database gone");
    }
}

#[fixture]
fn disk(diary: &Diary) -> Disk {
    diary.note("disk made");
    Disk(diary.clone())
}

#[fixture]
async fn database(_disk: &Disk, diary: &mut Diary) -> Result<Database, String> {
    tokio::task::yield_now().await;
    diary.note("database made");
    Ok(Database { diary: diary.clone(), rows: 0 })
}

struct Broken;

#[fixture]
fn broken() -> Result<Broken, String> {
    Err("no room".to_owned())
}

struct Left;
struct Right;

#[fixture]
fn left(_right: &Right) -> Left {
    Left
}

#[fixture]
fn right(_left: &Left) -> Right {
    Right
}

#[derive(Default)]
struct Name(&'static str);

#[fixture(override_default)]
fn name() -> Name {
    Name("by the fixture")
}

static SERVERS_MADE: AtomicUsize = AtomicUsize::new(0);

struct Server(usize);

#[fixture(scope = suite)]
fn server() -> Server {
    // Only counts; nothing else is published by it.
    Server(SERVERS_MADE.fetch_add(1, Ordering::Relaxed))
}

struct Room {
    server: usize,
    visitors: Mutex<u32>,
}

#[fixture(scope = feature)]
async fn room(server: &Server) -> Room {
    Room { server: server.0, visitors: Mutex::new(0) }
}

struct Greedy;

#[fixture(scope = suite)]
fn greedy(_database: &Database) -> Greedy {
    Greedy
}

#[given("a row in the database")]
fn row(database: &mut Database) {
    database.rows += 1;
}

#[given(expr = "{int} rows in the database")]
fn rows(database: &Database, count: u32) {
    assert_eq!(database.rows, count);
}

#[given("the diary is handed out")]
fn diary(diary: &Diary) {
    HANDED_OUT.with_borrow_mut(|all| all.push(diary.clone()));
}

thread_local! {
    static HANDED_OUT: std::cell::RefCell<Vec<Diary>> = const { std::cell::RefCell::new(Vec::new()) };
}

#[derive(Default)]
struct Explosive;

impl Drop for Explosive {
    fn drop(&mut self) {
        panic!("boom");
    }
}

#[given("something explosive")]
fn needs_explosive(_explosive: &Explosive) {}

#[given("a broken fixture")]
fn needs_broken(_broken: &Broken) {}

#[given("fixtures in a circle")]
fn needs_circle(_left: &Left) {}

#[given("a fixture instead of a default")]
fn needs_name(name: &Name) {
    assert_eq!(name.0, "by the fixture");
}

#[given(expr = "visitor {int} enters the room")]
fn visitor(room: &Room, server: &Server, number: u32) {
    assert_eq!(room.server, server.0);
    let count = {
        let mut visitors = room.visitors.lock().expect("no panic under the lock");
        *visitors += 1;
        *visitors
    };
    assert_eq!(count, number);
}

#[given("the room is changed")]
fn changes_room(_room: &mut Room) {}

#[given("a suite fixture that wants a scenario's state")]
fn needs_greedy(_greedy: &Greedy) {}

#[test]
fn fixture_is_created_once_from_other_states() {
    let mut scenario = TestScenario::new();
    scenario.passes(&[
        "the diary is handed out",
        "a row in the database",
        "1 rows in the database",
    ]);
    let diary = HANDED_OUT.with_borrow_mut(Vec::pop).expect("a diary");
    assert_eq!(diary.lines(), ["disk made", "database made"]);
}

#[test]
fn states_are_dropped_in_reverse_order() {
    let mut scenario = TestScenario::new();
    scenario.passes(&["the diary is handed out", "a row in the database"]);
    let diary = HANDED_OUT.with_borrow_mut(Vec::pop).expect("a diary");
    assert_eq!(scenario.end(), Vec::<String>::new());
    assert_eq!(diary.lines()[2..], ["database gone", "disk gone"]);
}

#[test]
fn states_are_dropped_after_a_failure() {
    let mut scenario = TestScenario::new();
    scenario.passes(&["the diary is handed out", "a row in the database"]);
    let diary = HANDED_OUT.with_borrow_mut(Vec::pop).expect("a diary");
    failure(scenario.step("7 rows in the database"));
    drop(scenario);
    assert_eq!(diary.lines()[2..], ["database gone", "disk gone"]);
}

#[test]
fn panicking_destructor_is_a_failure() {
    let mut scenario = TestScenario::new();
    scenario.passes(&["something explosive"]);
    let failures = scenario.end();
    assert_eq!(failures.len(), 1, "{failures:?}");
    assert!(failures[0].starts_with("dropping a state: boom (panicked at "), "{failures:?}");
}

#[test]
fn panicking_destructor_does_not_stop_the_others() {
    let mut scenario = TestScenario::new();
    scenario.passes(&["the diary is handed out", "a row in the database", "something explosive"]);
    let diary = HANDED_OUT.with_borrow_mut(Vec::pop).expect("a diary");
    assert_eq!(scenario.end().len(), 1);
    assert_eq!(diary.lines()[2..], ["database gone", "disk gone"]);
}

#[test]
fn failing_fixture_fails_the_step_with_its_location() {
    let message = failure(TestScenario::new().step("a broken fixture"));
    assert!(message.starts_with("fixture `broken` ("), "{message}");
    assert!(message.ends_with("): no room"), "{message}");
}

#[test]
fn fixture_cycle_fails_the_step() {
    let message = failure(TestScenario::new().step("fixtures in a circle"));
    assert!(message.contains("fixture cycle: "), "{message}");
    assert!(message.contains("Left -> "), "{message}");
}

#[test]
fn fixture_overrides_default() {
    assert_eq!(Name::default().0, "");
    TestScenario::new().passes(&["a fixture instead of a default"]);
}

fn execute(feature: &Arc<FeatureRun>, text: &str) -> Outcome {
    let mut session = Session::new_in(feature, None).expect("an async runtime");
    let call = StepCall { text: text.to_owned(), ..StepCall::default() };
    session.execute(session.resolve(call, LIMIT)).outcome
}

fn suite() -> Arc<Suite> {
    Suite::new(Arc::new(Registry::collect().expect("this binary has steps")))
}

#[test]
fn suite_fixture_runs_once_per_suite() {
    let before = SERVERS_MADE.load(Ordering::Relaxed);
    let suite = suite();
    let features = [Arc::clone(&suite).feature(Vec::new()), Arc::clone(&suite).feature(Vec::new())];
    for feature in &features {
        for number in 1..=3 {
            let outcome = execute(feature, &format!("visitor {number} enters the room"));
            assert_eq!(outcome, Outcome::Passed);
        }
    }
    let made = SERVERS_MADE.load(Ordering::Relaxed) - before;
    // Another test may make one at the same time.
    assert!((1..=2).contains(&made), "{made} servers for one suite");
}

#[test]
fn parallel_scenarios_share_one_value() {
    let feature = suite().feature(Vec::new());
    let visits: Vec<Outcome> = thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| execute(&feature, "visitor 99 enters the room")))
            .collect();
        threads.into_iter().map(|t| t.join().expect("no panic")).collect()
    });
    // All four fail, but each against another count of the same room.
    let mut counts: Vec<String> = visits.into_iter().map(failure).collect();
    counts.sort();
    for (number, message) in (1..=4).zip(&counts) {
        assert!(message.contains(&format!("left: {number}\n")), "{message}");
    }
}

#[test]
fn shared_state_cannot_be_borrowed_mutably() {
    let message = failure(execute(&suite().feature(Vec::new()), "the room is changed"));
    assert!(message.contains("is shared by several scenarios"), "{message}");
    assert!(message.contains("Mutex"), "{message}");
}

#[test]
fn fixture_cannot_need_a_narrower_scope() {
    let message =
        failure(TestScenario::new().step("a suite fixture that wants a scenario's state"));
    assert!(message.contains("has scenario scope but is required at suite scope"), "{message}");
}
