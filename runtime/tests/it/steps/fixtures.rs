//! Fixtures: what they are made from, how long they live, in which order they go.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use harmony_bdd::engine::{FeatureScope, Registry, Session, StepCall, Suite};
use harmony_bdd::model::Outcome;
use harmony_bdd::{fixture, given};

use super::play::{LIMIT, Play, failure};

/// What happened to the states of one scenario, in order; the states keep it alive.
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

#[fixture(instead_of_default)]
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
fn a_fixture_is_made_once_from_other_states_and_dropped_in_reverse() {
    let mut play = Play::new();
    play.passes(&["the diary is handed out", "a row in the database", "1 rows in the database"]);
    let diary = HANDED_OUT.with_borrow_mut(Vec::pop).expect("a diary");
    assert_eq!(diary.lines(), ["disk made", "database made"]);
    assert_eq!(play.end(), Vec::<String>::new());
    assert_eq!(diary.lines()[2..], ["database gone", "disk gone"]);
    play.passes(&["0 rows in the database"]);
}

#[test]
fn states_are_dropped_after_a_failure_too() {
    let mut play = Play::new();
    play.passes(&["the diary is handed out", "a row in the database"]);
    let diary = HANDED_OUT.with_borrow_mut(Vec::pop).expect("a diary");
    failure(play.step("7 rows in the database"));
    drop(play);
    assert_eq!(diary.lines()[2..], ["database gone", "disk gone"]);
}

#[test]
fn a_destructor_that_panics_is_told_and_holds_up_no_other() {
    let mut play = Play::new();
    play.passes(&["the diary is handed out", "a row in the database", "something explosive"]);
    let diary = HANDED_OUT.with_borrow_mut(Vec::pop).expect("a diary");
    let failures = play.end();
    assert_eq!(failures.len(), 1, "{failures:?}");
    assert!(failures[0].starts_with("dropping a state: boom (panicked at "), "{failures:?}");
    assert_eq!(diary.lines()[2..], ["database gone", "disk gone"]);
}

#[test]
fn a_fixture_that_fails_fails_the_step_and_says_where() {
    let message = failure(Play::new().step("a broken fixture"));
    assert!(message.starts_with("fixture `broken` ("), "{message}");
    assert!(message.ends_with("): no room"), "{message}");
    let message = failure(Play::new().step("fixtures in a circle"));
    assert!(message.contains("in a circle: "), "{message}");
    assert!(message.contains("Left -> "), "{message}");
}

#[test]
fn a_fixture_may_stand_in_for_a_default() {
    assert_eq!(Name::default().0, "");
    Play::new().passes(&["a fixture instead of a default"]);
}

fn execute(feature: &Arc<FeatureScope>, text: &str) -> Outcome {
    let mut session = Session::in_feature(feature, None).expect("an async runtime");
    let call = StepCall { text: text.to_owned(), ..StepCall::default() };
    session.execute(session.resolve(call, LIMIT)).outcome
}

fn suite() -> Arc<Suite> {
    Suite::new(Arc::new(Registry::collect().expect("this binary has steps")))
}

#[test]
fn a_suite_shares_one_value_and_a_feature_has_its_own() {
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
    // The other test that makes one may run meanwhile.
    assert!((1..=2).contains(&made), "{made} servers for one suite");
}

#[test]
fn scenarios_at_once_get_the_same_value() {
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
fn what_is_shared_cannot_be_changed_by_one() {
    let message = failure(execute(&suite().feature(Vec::new()), "the room is changed"));
    assert!(message.contains("is shared by several scenarios"), "{message}");
    assert!(message.contains("Mutex"), "{message}");
}

#[test]
fn a_wide_scope_cannot_want_a_narrow_one() {
    let message = failure(Play::new().step("a suite fixture that wants a scenario's state"));
    assert!(
        message.contains("lives for one scenario, but it is wanted for a whole suite"),
        "{message}"
    );
}
