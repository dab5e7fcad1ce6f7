//! The step definitions the tests serve.
#![expect(clippy::print_stdout, reason = "what a step prints is what a test is about")]

use std::io::Write as _;
use std::time::Duration;

use harmony_bdd::engine::Registry;
use harmony_bdd::model::{LogLevel, StepKeyword};
use harmony_bdd::{DataTable, DocString, StepContext, given, then, when};

/// The registry of all of them, and of no other module's.
pub(crate) fn registry() -> Registry {
    let all = Registry::collect().expect("this binary has steps");
    let own = all.definitions().filter(|d| d.module == module_path!()).collect::<Vec<_>>();
    assert!(own.iter().any(|d| d.keyword == StepKeyword::Then), "the steps below are registered");
    Registry::from_definitions(own)
}

#[derive(Default)]
struct Counted(usize);

/// A file that is removed when the scenario's state is dropped.
#[derive(Default)]
struct Goes(Option<String>);

impl Drop for Goes {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            // The test looks whether it is gone.
            let _ = std::fs::remove_file(path);
        }
    }
}

#[given("nothing happens")]
fn nothing() {}

#[when(regex = "(.*) is counted")]
fn count(counted: &mut Counted, _what: String) {
    counted.0 += 1;
}

#[then(regex = r"the count is (\d+)")]
fn count_is(counted: &Counted, wanted: usize) -> Result<(), String> {
    if counted.0 == wanted {
        Ok(())
    } else {
        Err(format!("{} counted, {wanted} wanted", counted.0))
    }
}

#[when("it blocks for ever", timeout_ms = 200)]
fn blocks() {
    loop {
        std::thread::park();
    }
}

#[when(regex = r"it should take a ms and takes (\d+) ms", timeout_ms = 1)]
fn takes_longer_than_it_should(ms: u64) {
    std::thread::sleep(Duration::from_millis(ms));
}

#[when("it panics")]
fn panics() {
    panic!("the reason of the panic");
}

#[when("it returns an error")]
fn returns_error() -> Result<(), &'static str> {
    Err("the reason of the error")
}

#[when("it is seen twice")]
fn seen_twice() {}

#[when(regex = "it is .* twice")]
fn seen_twice_as_well() {}

#[when(regex = r"it prints (\d+) bytes")]
fn prints(bytes: usize) {
    println!("{}", "p".repeat(bytes));
    print!("half a line");
}

#[when("a child of it prints")]
fn child_prints() -> Result<(), String> {
    let status = std::process::Command::new("sh")
        .args(["-c", "echo from a child; cat; readlink /proc/$$/fd/*"])
        .status();
    if status.is_ok_and(|s| s.success()) { Ok(()) } else { Err("sh failed".to_owned()) }
}

#[when("it logs")]
fn logs(context: &StepContext) {
    context.log(LogLevel::Warn, "\"quoted\" and ü");
}

#[given("rows")]
fn rows(context: &StepContext, table: &DataTable) {
    context.log(LogLevel::Info, format!("{:?}", table.rows));
}

#[given("a text")]
fn text(context: &StepContext, text: &DocString) {
    context.log(LogLevel::Info, format!("{:?} {:?}", text.media_type, text.content));
}

#[given("who am I")]
fn who(context: &StepContext) {
    context.log(LogLevel::Info, context.role().unwrap_or("no role"));
}

#[given(regex = r"(?:the '\w+' process|it) shares '(\w+)' as '(\w+)'")]
fn shares(context: &StepContext, name: String, text: String) {
    context.set_shared(name, text);
}

#[then(regex = r"(?:the '\w+' process|it) finds '(\w+)' shared as '(\w*)'")]
fn finds_shared(context: &StepContext, name: String, text: String) -> Result<(), String> {
    match context.get_shared(&name).unwrap_or_default() {
        found if found == text => Ok(()),
        found => Err(format!("{name} is {found:?}")),
    }
}

#[when(regex = r"it may take its time and takes (\d+) ms", timeout_ms = 300_000)]
fn takes_its_time(ms: u64) {
    std::thread::sleep(Duration::from_millis(ms));
}

#[when(regex = r"it takes (\d+) ms")]
fn takes(ms: u64) {
    std::thread::sleep(Duration::from_millis(ms));
}

#[given("a file that goes with the state")]
fn file_goes(goes: &mut Goes) -> std::io::Result<()> {
    let path = std::env::var("HARMONY_BDD_TEST_FILE").unwrap_or_default();
    std::fs::File::create(&path)?.write_all(b"held")?;
    goes.0 = Some(path);
    Ok(())
}

#[when(regex = r"(?:the|a new|a second|the second) '[^']+' process counts")]
fn process_counts(counted: &mut Counted, context: &StepContext) {
    counted.0 += 1;
    context.log(LogLevel::Info, format!("pid {}", std::process::id()));
}

#[then(regex = r"(?:the|the second) '[^']+' process has counted (\d+)")]
fn process_has_counted(counted: &Counted, wanted: usize) -> Result<(), String> {
    count_is(counted, wanted)
}

#[given(regex = r"the '\w+' process makes a file in shared memory")]
fn makes_file(context: &StepContext) -> Result<(), String> {
    let variable = |name| std::env::var(name).map_err(|e| format!("{name}: {e}"));
    let numbers = format!("{}_{}", variable("HARMONY_HOST_PID")?, variable("HARMONY_FEATURE_ID")?);
    let path = format!("/dev/shm/harmony-bdd-test_{numbers}");
    std::fs::write(&path, "left").map_err(|e| e.to_string())?;
    context.log(LogLevel::Info, format!("made {path}"));
    Ok(())
}

/// Under the scenario's name, as buffers are called.
#[given("an object is left in shared memory")]
fn leaves_an_object() {
    let number = |variable: &str| std::env::var(variable).unwrap();
    let (host, feature) = (number("HARMONY_HOST_PID"), number("HARMONY_FEATURE_ID"));
    std::fs::write(format!("/dev/shm/left_{host}_{feature}"), "left").unwrap();
}
