//! Steps that end in every way a step can end.

use std::collections::HashMap;
use std::fs::OpenOptions;
use std::io::Write;
use std::sync::{LazyLock, Mutex};
use std::time::Duration;

use harmony_bdd::model::LogLevel;
use harmony_bdd::{DataTable, DocString, Outcome, StepContext, given, then, when};

#[given("all is well")]
fn well() {}

#[given(expr = "part {word} is well")]
fn is_well(_what: &str) {}

#[when(expr = "it fails with {string}")]
fn fails(message: String) -> Result<(), String> {
    Err(message)
}

#[when(expr = "it finds {string}")]
fn finds(path: &str) -> Result<(), String> {
    if std::path::Path::new(path).exists() { Ok(()) } else { Err(format!("no {path}")) }
}

#[when("the roof burns")]
fn panics() {
    panic!("the roof is on fire");
}

#[when(expr = "it takes {int} of 256")]
fn takes(_number: u8) {}

#[when(expr = "it prints {string} and logs {string}")]
fn prints(context: &StepContext, text: String, log: String) {
    // Not `println!`: the test harness would keep it from the descriptor.
    std::io::stdout().write_all(format!("{text}\n").as_bytes()).unwrap();
    std::io::stderr().write_all(format!("err {text}\n").as_bytes()).unwrap();
    context.log(LogLevel::Warn, log);
}

/// The number of failures of each name in this process.
static FAILURES: LazyLock<Mutex<HashMap<String, u32>>> = LazyLock::new(Mutex::default);

#[when(expr = "{string} fails {int} time(s)")]
fn fails_at_first(name: String, times: u32) -> Result<(), String> {
    let mut failures = FAILURES.lock().unwrap();
    let count = failures.entry(name).or_default();
    if *count < times {
        *count += 1;
        return Err(format!("failure number {count}"));
    }
    Ok(())
}

#[when(expr = "it notes {string} in {string} for {int} ms")]
async fn notes(text: String, path: String, ms: u64) {
    let note = |what: &str| {
        let mut file = OpenOptions::new().create(true).append(true).open(&path).unwrap();
        file.write_all(format!("{text} {what}\n").as_bytes()).unwrap();
    };
    note("begins");
    tokio::time::sleep(Duration::from_millis(ms)).await;
    note("ends");
}

/// Blocks its thread.
#[when(expr = "it notes {string} in {string} until {string} is there")]
fn notes_until(text: String, path: String, file: String) {
    let note = |what: &str| {
        let mut notes = OpenOptions::new().create(true).append(true).open(&path).unwrap();
        notes.write_all(format!("{text} {what}\n").as_bytes()).unwrap();
    };
    note("begins");
    while !std::path::Path::new(&file).exists() {
        std::thread::yield_now();
    }
    note("ends");
}

#[then("it is pending")]
fn pending() -> Outcome {
    Outcome::pending("until spring")
}

#[then("it is skipped")]
fn skipped() -> Outcome {
    Outcome::skip("no hardware")
}

#[when(expr = "it emits the event {string}")]
async fn emits(context: &StepContext, text: String) {
    tracing::info!(size = 3, "{text}");
    tracing::debug!("detail");
    context.log(LogLevel::Info, "by context");
    let span = tracing::Span::current();
    let on_a_thread = move || span.in_scope(|| tracing::info!("on a thread"));
    std::thread::spawn(on_a_thread).join().unwrap();
    tokio::spawn(async { tracing::info!("in a task") }).await.unwrap();
}

#[when(expr = "it emits the event {string} and nothing comes back", timeout_ms = 200)]
fn emits_and_hangs(text: String) {
    tracing::info!("{text}");
    hangs();
}

/// An error with an error behind it.
#[derive(Debug)]
struct Link(&'static str, Option<Box<Link>>);

impl std::fmt::Display for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Link {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.1.as_deref().map(|link| link as _)
    }
}

fn no_answer() -> Link {
    Link("no answer", Some(Box::new(Link("no line", Some(Box::new(Link("unplugged", None)))))))
}

#[when("it fails for a reason behind a reason")]
fn fails_for_reasons() -> Result<(), Link> {
    Err(no_answer())
}

#[when("it fails for a boxed reason")]
async fn fails_for_boxed_reasons() -> Result<Outcome, Box<dyn std::error::Error + Send + Sync>> {
    Err(no_answer())?
}

#[harmony_bdd::before_scenario(tags(runner_before_fails_for_reasons))]
fn before_fails_for_reasons() -> Result<(), Link> {
    Err(no_answer())
}

/// Prints in every way that a step has besides its own thread.
#[when(expr = "a thread, a task and a child print {string}")]
async fn others_print(text: String) {
    let print = move |by: &str| {
        std::io::stdout().write_all(format!("{by} {text}\n").as_bytes()).unwrap();
    };
    let (by_thread, by_task) = (print.clone(), print.clone());
    std::thread::spawn(move || by_thread("thread")).join().unwrap();
    tokio::spawn(async move { by_task("task") }).await.unwrap();
    print("step");
    let child = std::process::Command::new("/bin/sh").args(["-c", "echo by a child"]).status();
    assert!(child.unwrap().success());
}

#[when(expr = "it notes its process in {string}")]
fn notes_process(path: &str) {
    let mut file = OpenOptions::new().create(true).append(true).open(path).unwrap();
    file.write_all(format!("{}\n", std::process::id()).as_bytes()).unwrap();
}

#[when("nothing comes back")]
fn hangs() {
    loop {
        std::thread::park();
    }
}

#[given(regex = r"^twice (\w+)$")]
fn twice(_word: &str) {}

#[given(expr = "twice {word}")]
fn twice_again(_word: &str) {}

#[given("a table:")]
fn table(table: &DataTable) {
    assert!(!table.rows.is_empty());
}

#[given("a doc string:")]
fn doc_string(text: &DocString) {
    assert!(!text.content.is_empty());
}

#[harmony_bdd::param(name = "colour", regex = "red|green")]
fn color(name: &str) -> String {
    name.to_owned()
}

#[given(expr = "{colour} paper is attached")]
fn attached(context: &StepContext, color: String) {
    context.attach_bytes("dot.png", "image/png", [0x89, b'P', b'N', b'G']);
    context.attach_text_as(color, "text/uri-list", "urn:paper");
}

#[harmony_bdd::before_scenario(tags(runner_hook_attaches))]
fn hook_attaches(context: &StepContext) {
    context.log(LogLevel::Info, "the hook was here");
    context.attach_text("note", "from the hook");
}

#[harmony_bdd::before_scenario(tags(runner_before_fails))]
fn before_fails() -> Result<(), String> {
    Err("no power".to_owned())
}

#[harmony_bdd::after_scenario(tags(runner_after_notes))]
fn after_notes() {
    let mut file = OpenOptions::new().create(true).append(true).open("hook").unwrap();
    file.write_all(b"after\n").unwrap();
}

/// Logs, prints and attaches the name of a hook.
fn says(context: &StepContext, hook: &str) {
    context.log(LogLevel::Info, format!("{hook} logs"));
    tracing::warn!("{hook} traces");
    std::io::stdout().write_all(format!("{hook} prints\n").as_bytes()).unwrap();
    context.attach_text(format!("{hook}.txt"), format!("{hook} attaches"));
}

#[harmony_bdd::before_scenario(tags(runner_hooks_say))]
fn before_says(context: &StepContext) {
    says(context, "before");
}

#[harmony_bdd::after_scenario(tags(runner_hooks_say))]
async fn after_says(context: &StepContext) {
    says(context, "after");
}

#[harmony_bdd::after_feature(tags(runner_hooks_say))]
fn feature_says(context: &StepContext) {
    says(context, "feature");
}

#[harmony_bdd::after_scenario(tags(runner_hook_says_and_fails))]
fn says_and_fails(context: &StepContext) {
    says(context, "failing");
    panic!("no way");
}

#[harmony_bdd::before_scenario(tags(runner_hook_says_and_hangs), timeout_ms = 200)]
fn says_and_hangs(context: &StepContext) {
    says(context, "hanging");
    hangs();
}

#[harmony_bdd::after_feature(tags(runner_feature_fails))]
fn after_feature_fails() -> Result<(), String> {
    Err("left dirty".to_owned())
}

/// Adds a line to the file `step_log` of the folder the suite runs in.
fn note(line: &str) {
    let mut file = OpenOptions::new().create(true).append(true).open("journal").unwrap();
    file.write_all(format!("{line}\n").as_bytes()).unwrap();
}

/// Runs the behavior that a file of the suite requests for a hook without tags.
fn wanted(context: &StepContext, file: &str) -> Result<(), String> {
    match std::fs::read_to_string(file).as_deref() {
        Ok("notes") => note(file),
        Ok("panics") => panic!("{file} on purpose"),
        Ok("hangs") => hangs(),
        Ok("says") => says(context, file),
        Ok("subscribes") => {
            tracing::subscriber::set_global_default(super::recording::Recording::to("heard"))
                .unwrap();
        }
        _ => {}
    }
    Ok(())
}

#[harmony_bdd::before_all(timeout_ms = 2000)]
fn before_everything(context: &StepContext) -> Result<(), String> {
    wanted(context, "before_all")
}

#[harmony_bdd::after_all(timeout_ms = 2000)]
fn after_everything(context: &StepContext) -> Result<(), String> {
    wanted(context, "after_all")
}

#[harmony_bdd::before_feature(tags(runner_feature_notes))]
fn feature_begins() {
    note("feature begins");
}

#[harmony_bdd::after_feature(tags(runner_feature_notes))]
fn feature_ends() {
    note("feature ends");
}

#[harmony_bdd::before_feature(tags(runner_feature_refuses))]
fn feature_refuses() {
    panic!("no room");
}

#[harmony_bdd::before_scenario(tags(runner_scenario_notes), order = 2)]
fn scenario_begins() {
    note("scenario begins");
}

#[harmony_bdd::before_scenario(tags(runner_scenario_notes), order = 1)]
fn scenario_begins_first() {
    note("scenario begins first");
}

#[harmony_bdd::before_scenario(tags(runner_before_hangs), timeout_ms = 200)]
fn before_hangs() {
    hangs();
}

#[harmony_bdd::after_scenario(tags(runner_scenario_notes))]
fn scenario_ends(outcome: &Outcome) {
    note(&format!("scenario {}", outcome.as_str()));
}

#[harmony_bdd::after_scenario(tags(runner_after_hangs), timeout_ms = 200)]
fn after_hangs() {
    hangs();
}

#[harmony_bdd::after_feature(tags(runner_feature_hangs), timeout_ms = 200)]
fn feature_hangs() {
    hangs();
}

struct OfSuite;
struct OfFeature;
struct OfScenario;

impl Drop for OfSuite {
    fn drop(&mut self) {
        note("drops suite");
    }
}

impl Drop for OfFeature {
    fn drop(&mut self) {
        note("drops feature");
    }
}

impl Drop for OfScenario {
    fn drop(&mut self) {
        note("drops scenario");
    }
}

#[harmony_bdd::fixture(scope = suite)]
fn of_suite() -> OfSuite {
    note("makes suite");
    OfSuite
}

#[harmony_bdd::fixture(scope = feature)]
fn of_feature(_suite: &OfSuite) -> OfFeature {
    note("makes feature");
    OfFeature
}

#[harmony_bdd::fixture]
fn of_scenario(_feature: &OfFeature) -> OfScenario {
    note("makes scenario");
    OfScenario
}

#[when("every scope is used")]
fn uses(_scenario: &OfScenario) {}

/// Its destructor panics.
#[derive(Default)]
struct Brittle;

impl Drop for Brittle {
    fn drop(&mut self) {
        panic!("broke when dropped");
    }
}

#[when("something brittle is used")]
fn brittle(_brittle: &Brittle) {}

#[when("an error is expected", catch(std::num::ParseIntError))]
fn expects() -> Result<(), std::num::ParseIntError> {
    "x".parse::<u8>().map(drop)
}

#[when("nothing comes back for long", timeout_ms = 200)]
fn hangs_briefly() {
    hangs();
}

#[when(expr = "the process exits with {int}")]
fn exits(code: i32) {
    std::process::exit(code);
}

#[when(expr = "a thread exits with {int}")]
fn thread_exits(code: i32) {
    std::thread::spawn(move || std::process::exit(code)).join().unwrap();
}

#[when(expr = "a forked child exits with {int}")]
fn forked_child_exits(code: i32) {
    // SAFETY: the child only exits, and no other thread of the suite holds a lock that this needs.
    match unsafe { nix::unistd::fork() }.unwrap() {
        nix::unistd::ForkResult::Child => std::process::exit(code),
        nix::unistd::ForkResult::Parent { child } => {
            let status = nix::sys::wait::waitpid(child, None).unwrap();
            assert_eq!(status, nix::sys::wait::WaitStatus::Exited(child, code));
        }
    }
}

#[when(expr = "the process dies unless {string} is there")]
fn dies_at_first(mark: &str) {
    if OpenOptions::new().write(true).create_new(true).open(mark).is_ok() {
        std::process::abort();
    }
}

#[when("the process aborts")]
fn aborts() {
    std::process::abort();
}

struct PanicsOnDrop;

impl Drop for PanicsOnDrop {
    fn drop(&mut self) {
        panic!("the second panic");
    }
}

#[when("it panics twice")]
fn panics_twice() {
    let _second = PanicsOnDrop;
    panic!("the first panic");
}

#[when("the stack overflows")]
fn overflows() {
    #[expect(unconditional_recursion, reason = "the stack must overflow")]
    fn grow(depth: u64) -> u64 {
        let frame = std::hint::black_box([depth; 1000]);
        grow(depth + 1) + frame[0]
    }
    grow(0);
}

#[harmony_bdd::after_scenario(tags(runner_after_exits))]
fn exits_after() {
    std::process::exit(0);
}

#[harmony_bdd::before_scenario(tags(runner_before_skips))]
fn skips_before() -> Outcome {
    Outcome::skip("not on this machine")
}

#[harmony_bdd::before_scenario(tags(runner_before_pends))]
fn pends_before() -> Outcome {
    Outcome::pending("not written")
}

#[harmony_bdd::before_scenario(tags(runner_before_fails_once))]
fn fails_once_before() -> Result<(), String> {
    fails_at_first("the hook before".to_owned(), 1)
}

#[harmony_bdd::after_scenario(tags(runner_after_fails_once))]
fn fails_once_after() -> Result<(), String> {
    fails_at_first("the hook after".to_owned(), 1)
}

#[when("a spawned task panics")]
async fn task_panics() {
    tokio::spawn(async { panic!("the task is on fire") });
    tokio::time::sleep(Duration::from_millis(20)).await;
}

#[when("a caught panic precedes the panic of a thread")]
fn resumes() {
    assert!(std::panic::catch_unwind(|| panic!("expected")).is_err());
    let joined = std::thread::spawn(|| panic!("the real cause")).join();
    std::panic::resume_unwind(joined.unwrap_err());
}

#[derive(Debug, Default)]
struct Till;

use Till as SameTill;

#[given("a state is taken twice")]
fn takes_twice(_till: &mut Till, _again: &SameTill) {}

#[derive(Debug, PartialEq)]
struct Frame {
    sequence: u64,
    size: usize,
}

#[then("two frames are equal")]
fn frames_are_equal() {
    let frame = |sequence| Frame { sequence, size: 1400 };
    assert_eq!(frame(2), frame(1), "frames");
}

#[when("two operations are measured")]
async fn measures(context: &StepContext) {
    for limit in [Duration::ZERO, Duration::from_secs(3600)] {
        let _measure = context.measure("open").warn_above(limit);
        tokio::task::yield_now().await;
    }
    let _unlimited = context.measure("close");
}

/// A suite that gives a tag of another framework the effect it has there.
#[harmony_bdd::before_scenario(tags(@manual))]
fn skip_manual() -> Outcome {
    Outcome::skip("is tried by a person")
}

#[given("the text that two worlds share", scope(tags(@runner_api)))]
fn in_api() {
    note("api");
}

#[given("the text that two worlds share", scope(tags(runner_ui), feature("b.feature")))]
fn in_ui() {
    note("ui");
}
