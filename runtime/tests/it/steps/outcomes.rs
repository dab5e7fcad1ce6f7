//! Outcomes that a step returns, its attachments and its deadline.

use std::error::Error;
use std::num::ParseIntError;
use std::time::Duration;

use harmony_bdd::engine::StepCall;
use harmony_bdd::model::{LogLevel, Outcome};
use harmony_bdd::{Caught, StepContext, given, then, when};

use super::test_scenario::{TestScenario, failure};

#[given("a step that skips")]
fn skips() -> Outcome {
    Outcome::skip("not on this machine")
}

#[given("a step that is pending")]
fn pending() -> Result<Outcome, String> {
    Ok(Outcome::pending("half written"))
}

#[when(expr = "{word} is read as a number", catch(ParseIntError))]
fn read(text: &str) -> Result<(), ParseIntError> {
    text.parse::<u32>().map(drop)
}

#[when(expr = "{word} is read as a number, boxed", catch(ParseIntError))]
async fn read_boxed(text: String) -> Result<(), Box<dyn Error + Send + Sync>> {
    if text == "nothing" {
        return Err("nothing to read".into());
    }
    text.parse::<u32>()?;
    Ok(())
}

#[then("the number was refused")]
fn refused(caught: &Caught) {
    assert!(caught.error::<std::fmt::Error>().is_none());
    let error: &ParseIntError = caught.error().expect("a caught error");
    assert_eq!(caught.text(), Some(error.to_string().as_str()));
}

#[then("nothing was caught")]
fn nothing(caught: &Caught) {
    assert!(caught.is_empty());
}

#[given("a wait without end", timeout_ms = 20)]
async fn endless() {
    std::future::pending::<()>().await;
}

#[given("a slow step", warn_after_ms = 1)]
fn slow(context: &StepContext) {
    let started = std::time::Instant::now();
    // The test waits for the clock itself.
    while started.elapsed() < Duration::from_millis(2) {
        std::hint::spin_loop();
    }
    context.log(LogLevel::Info, "done");
}

#[given("a quick step", warn_after_ms = 3_600_000)]
fn quick() {}

#[given("a step with attachments")]
fn attaches(context: &StepContext) -> std::io::Result<()> {
    context.attach_text("note", "hello");
    context.attach_bytes("picture", "image/png", [1, 2, 3]);
    context.attach_file(file!().replace("runtime/", ""), "text/x-rust")
}

#[given("a step that attaches what is not there")]
fn attaches_nothing(context: &StepContext) -> std::io::Result<()> {
    context.attach_file("/not/there.txt", "text/plain")
}

#[test]
fn skipped_and_pending_steps_keep_their_reason() {
    let mut scenario = TestScenario::new();
    assert_eq!(scenario.step("a step that skips"), Outcome::skip("not on this machine"));
    assert_eq!(scenario.step("a step that is pending"), Outcome::pending("half written"));
}

#[test]
fn expected_error_is_kept_until_it_is_checked() {
    for how in ["", ", boxed"] {
        let mut scenario = TestScenario::new();
        scenario.passes(&[&format!("12 is read as a number{how}"), "nothing was caught"]);
        scenario.passes(&[&format!("abc is read as a number{how}"), "the number was refused"]);
        assert_eq!(scenario.end(), Vec::<String>::new());
    }
}

#[test]
fn unexpected_error_fails_the_step() {
    let message = failure(TestScenario::new().step("nothing is read as a number, boxed"));
    assert_eq!(message, "nothing to read (`catch` expects `ParseIntError`)");
}

#[test]
fn unchecked_expected_error_fails_the_scenario() {
    let mut scenario = TestScenario::new();
    scenario.passes(&["abc is read as a number"]);
    let failures = scenario.end();
    assert_eq!(failures.len(), 1, "{failures:?}");
    assert!(
        failures[0].contains("\"invalid digit found in string\" was never checked"),
        "{failures:?}"
    );
}

#[test]
fn async_step_ends_at_its_own_deadline() {
    let mut scenario = TestScenario::new();
    let limit = Duration::from_millis(20);
    assert_eq!(scenario.step("a wait without end"), Outcome::TimedOut { limit });
    scenario.passes(&["a quick step"]);
}

#[test]
fn slow_step_logs_a_warning() {
    let report = |text: &str| {
        TestScenario::new().call(StepCall { text: text.to_owned(), ..StepCall::default() })
    };
    let slow = report("a slow step");
    assert_eq!(slow.outcome, Outcome::Passed);
    let levels: Vec<LogLevel> = slow.logs.iter().map(|r| r.level).collect();
    assert_eq!(levels, [LogLevel::Info, LogLevel::Warn]);
    assert!(slow.logs[1].message.contains("slow step: took"), "{:?}", slow.logs);
    assert_eq!(report("a quick step").logs, []);
}

#[test]
fn attachments_reach_the_report() {
    let call = StepCall { text: "a step with attachments".to_owned(), ..StepCall::default() };
    let report = TestScenario::new().call(call);
    assert_eq!(report.outcome, Outcome::Passed);
    let attachments: Vec<_> =
        report.attachments.iter().map(|a| (a.name.as_str(), a.media_type.as_str())).collect();
    assert_eq!(
        attachments,
        [
            ("note", "text/plain; charset=utf-8"),
            ("picture", "image/png"),
            ("outcomes.rs", "text/x-rust")
        ]
    );
    assert_eq!(report.attachments[1].content, [1, 2, 3]);
    assert!(report.attachments[2].content.starts_with(b"//! Outcomes that a step returns"));
    let message = failure(TestScenario::new().step("a step that attaches what is not there"));
    assert!(message.starts_with("cannot attach /not/there.txt"), "{message}");
}
