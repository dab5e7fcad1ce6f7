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

/// How often each name has failed in this process.
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

#[then("it is pending")]
fn pending() -> Outcome {
    Outcome::pending("until spring")
}

#[then("it is skipped")]
fn skipped() -> Outcome {
    Outcome::skip("no hardware")
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

#[harmony_bdd::before_scenario(tags(runner_before_fails))]
fn before_fails() -> Result<(), String> {
    Err("no power".to_owned())
}

#[harmony_bdd::after_scenario(tags(runner_after_notes))]
fn after_notes() {
    let mut file = OpenOptions::new().create(true).append(true).open("hook").unwrap();
    file.write_all(b"after\n").unwrap();
}

#[harmony_bdd::after_feature(tags(runner_feature_fails))]
fn after_feature_fails() -> Result<(), String> {
    Err("left dirty".to_owned())
}
