//! `tracing` events of steps, and the spans of a run.

use super::recording::Recorded;
use super::suite::{RECORD, Ran, Suite};

const FEATURE: &str = "\
@runner_feature_notes
Feature: Observed
  @runner_scenario_notes
  Scenario: good
    When it emits the event 'all quiet'
    Given part x is well
  Scenario: bad
    When it emits the event 'a storm'
    And it fails with 'lightning'
    And all is well
  Scenario: stuck
    When it emits the event 'hello' and nothing comes back
";

#[test]
fn custom_subscriber_receives_all_spans() {
    let suite = Suite::new(FEATURE);
    let mut command = suite.command(&["run", "-j", "2"]);
    let ran = Ran::of(command.env(RECORD, "heard").output().unwrap());
    ran.assert(1, &["3 scenarios (1 passed, 2 failed)"]);
    let heard = Recorded::read(&suite.read("heard"));
    let run = heard.one("run", "");
    assert!(run.fields.contains(" scenarios=3"), "{run:?}");
    assert!(run.fields.contains(" outcome=\"failed\""), "{run:?}");
    let feature = heard.one("feature", "name=\"Observed\" path=\"features/a.feature\"");
    assert_eq!(heard.path(feature), ["run", "feature"]);
    assert!(feature.fields.contains(" outcome="), "{feature:?}");
    for (name, outcome, reason) in [
        ("good", "passed", ""),
        ("bad", "failed", "lightning"),
        ("stuck", "timed out", "still running after 200 ms"),
    ] {
        let scenario = heard.one("scenario", &format!(" name={name:?}"));
        assert_eq!(heard.path(scenario), ["run", "feature", "scenario"]);
        assert!(scenario.fields.contains(" location=features/a.feature:"), "{scenario:?}");
        assert!(scenario.fields.contains(&format!(" outcome={outcome:?}")), "{scenario:?}");
        assert_eq!(scenario.fields.contains(" error="), !reason.is_empty(), "{scenario:?}");
        assert!(scenario.fields.contains(reason), "{scenario:?}");
    }
    let step = heard.one("step", "lightning");
    assert_eq!(heard.path(step), ["run", "feature", "scenario", "step"]);
    for part in [
        " keyword=\"When\"",
        " text=\"it fails with 'lightning'\"",
        " location=features/a.feature:9:5",
        "steps.rs:",
        " error=\"lightning\"",
        " outcome=\"failed\"",
    ] {
        assert!(step.fields.contains(part), "{part} is missing in {step:?}");
    }
    // All events of a step are inside its span, including logs of its context and those on other threads.
    let reported = heard.one("step", "'a storm'");
    for part in ["message=a storm", "size=3", "on a thread", "harmony_bdd::log message=by context"]
    {
        assert!(reported.events.iter().any(|event| event.contains(part)), "{part} in {reported:?}");
    }
    let stuck = heard.one("step", "nothing comes back");
    assert!(stuck.fields.contains(" outcome=\"timed out\""), "{stuck:?}");
    let hook = heard.one("hook", "function=\"scenario_ends\"");
    assert_eq!(heard.path(hook), ["run", "feature", "scenario", "hook"]);
    let hook = heard.one("hook", "function=\"feature_ends\"");
    assert_eq!(heard.path(hook)[..2], ["run", "feature"]);
}

#[test]
fn events_of_steps_are_in_their_log() {
    let suite = Suite::new(FEATURE);
    let ran = suite.run(&[
        "run",
        "-v",
        "-j",
        "1",
        "--report",
        "junit=j.xml",
        "--report",
        "messages=m",
        "--report",
        "timeline=t.html",
    ]);
    ran.assert(1, &["        info runner::steps: all quiet size=3\n"]);
    assert!(suite.read("j.xml").contains("info runner::steps: all quiet size=3"));
    // These keep the level apart from the message.
    for file in ["m", "t.html"] {
        assert!(suite.read(file).contains("runner::steps: all quiet size=3"), "{file}");
    }
    // The events of the step's thread and of a thread that it started, and of no other step.
    let bad = ran.out.split("✗ bad").nth(1).unwrap().split("\nerror: ").next().unwrap();
    for part in [
        "a storm size=3",
        "info runner::steps: on a thread",
        "info by context",
        "info runner::steps: in a task",
    ] {
        assert_eq!(bad.matches(part).count(), 1, "{part:?} in {bad}");
    }
    assert!(!bad.contains("all quiet") && !bad.contains("detail"), "{bad}");
    // An abandoned step keeps the events from before its deadline.
    let stuck = ran.out.split("error: the step was still running").nth(1).unwrap();
    assert!(stuck.contains("= log: info runner::steps: hello"), "{stuck}");
}

#[test]
fn log_level_can_be_chosen() {
    let suite = Suite::new("Feature: f\n  Scenario: a\n    When it emits the event 'x'\n");
    let lines = |arguments: &[&str]| -> Vec<String> {
        let ran = suite.run(&[&["run", "-v"], arguments].concat());
        ran.assert(0, &["1 scenario (1 passed)"]);
        let lines = ran.out.lines().filter(|line| line.contains("runner::steps"));
        lines.map(|line| line.trim().split(' ').next().unwrap().to_owned()).collect()
    };
    assert_eq!(lines(&[]), ["info", "info", "info"]);
    assert_eq!(lines(&["--log", "debug"]), ["info", "debug", "info", "info"]);
    assert!(lines(&["--log", "off"]).is_empty());
    assert!(lines(&["--log", "warn"]).is_empty());
    suite
        .run(&["run", "--log", "loud"])
        .refused(2, &["--log: invalid value \"loud\": expected one of off, error,", "\"loud\""]);
}

#[test]
fn before_all_hook_can_install_a_subscriber() {
    let suite = Suite::new(FEATURE);
    suite.write("before_all", "subscribes");
    let ran = suite.run(&["run", "-j", "1", "-v"]);
    ran.assert(1, &["3 scenarios (1 passed, 2 failed)"]);
    assert!(
        !ran.out.contains("runner::steps: all quiet"),
        "another subscriber is active: {}",
        ran.out
    );
    let heard = Recorded::read(&suite.read("heard"));
    let step = heard.one("step", "'all quiet'");
    assert_eq!(heard.path(step), ["run", "feature", "scenario", "step"]);
}

#[cfg(feature = "tracing-subscriber")]
#[test]
fn layer_attaches_events_to_steps() {
    let suite = Suite::new(FEATURE);
    let mut command = suite.command(&["run", "-j", "1", "-v"]);
    let ran = Ran::of(command.env(super::suite::LAYER, "1").output().unwrap());
    ran.assert(1, &["info runner::steps: all quiet size=3", "debug runner::steps: detail"]);
    let bad = ran.out.split("✗ bad").nth(1).unwrap().split("\nerror: ").next().unwrap();
    for part in ["a storm size=3", "on a thread", "info by context", "in a task"] {
        assert_eq!(bad.matches(part).count(), 1, "{part:?} in {bad}");
    }
}

#[test]
fn failure_shows_error_causes() {
    let suite = Suite::new(
        "Feature: f\n  Scenario: own\n    When it fails for a reason behind a reason\n  Scenario: boxed\n    When it fails for a boxed reason\n  @runner_before_fails_for_reasons\n  Scenario: hook\n    Given all is well\n",
    );
    let ran = suite.run(&[
        "run",
        "-j",
        "1",
        "--report",
        "junit=j.xml",
        "--report",
        "messages=m",
        "--report",
        "timeline=t",
    ]);
    ran.assert(1, &["error: no answer\n"]);
    let causes: Vec<_> =
        ran.out.lines().filter_map(|line| line.trim().strip_prefix("= caused by: ")).collect();
    assert_eq!(causes, ["no line", "unplugged"].repeat(3), "{}", ran.out);
    let xml = suite.read("j.xml");
    assert!(xml.contains("caused by: no line&#10;caused by: unplugged"), "{xml}");
    for file in ["m", "t"] {
        assert!(suite.read(file).contains("no answer: no line: unplugged"), "{file}");
    }
}
