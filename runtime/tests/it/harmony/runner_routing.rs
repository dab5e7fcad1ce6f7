//! The process of each step in compat mode, down to the messages that each role receives.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use harmony_bdd::gherkin;
use harmony_bdd::harmony::combinations::CombinationFilter;
use harmony_bdd::harmony::config::Config;
use harmony_bdd::harmony::routing::{Mode, compat_scenarios};
use harmony_bdd::harmony::runner::{RunnerOptions, instances, run};
use harmony_bdd::harmony::trace::TraceWriter;
use harmony_bdd::harmony::verdict::CombinationVerdict;
use harmony_bdd::model::Scenario;
use serde_json::Value;

use super::runner::{Written, options, platform};
use crate::recorded::assert_recorded;

/// The messages that each role received: `0 text` for a given step, `0* text` for a broadcast one, and
/// the name of any other method but `health` and `initialize`.
type Received = BTreeMap<String, Vec<String>>;

/// Runs one scenario in compat mode with a serve that fails steps with the word "fails" and ends after
/// `shutdown` and `crash`.
fn route(scenario: Scenario) -> (CombinationVerdict, Received) {
    let config = Config { platforms: vec![platform("records@fails")], ..Config::default() };
    let written = Written::default();
    let options = RunnerOptions {
        mode: Mode::Compat,
        trace: Some(TraceWriter::new(written.clone())),
        ..options()
    };
    let filter = CombinationFilter::default();
    let instances = instances(&[Arc::new(scenario)], &config, &filter, Mode::Compat).unwrap();
    let verdicts = run(instances, options, |_| {}).unwrap();
    let mut received = Received::new();
    for line in written.text().lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        if line["dir"] != "->" {
            continue;
        }
        let messages = received.entry(line["process"].as_str().unwrap().to_owned()).or_default();
        let (method, step) = (&line["body"]["method"], &line["body"]["params"][0]);
        match method.as_str().unwrap() {
            "health" | "initialize" => {}
            "executeStep" => {
                let star = if step["IsBroadcast"] == true { "*" } else { "" };
                let text = step["Step"].as_str().unwrap();
                messages.push(format!("{}{star} {text}", step["StepType"]));
            }
            other => messages.push(other.to_owned()),
        }
    }
    (verdicts.into_iter().next().unwrap_or_default(), received)
}

fn route_text(text: &str) -> (CombinationVerdict, Received) {
    let document = gherkin::parse("91-Routing.feature", text).unwrap();
    route(compat_scenarios(&document).remove(0))
}

fn steps(steps: &str) -> (CombinationVerdict, Received) {
    route_text(&format!("Feature: f\nScenario: s\n{steps}"))
}

#[track_caller]
fn assert_received(received: &Received, wanted: &[(&str, &[&str])]) {
    let wanted: Received = wanted
        .iter()
        .map(|(role, messages)| {
            ((*role).to_owned(), messages.iter().map(|m| (*m).to_owned()).collect())
        })
        .collect();
    assert_eq!(*received, wanted);
}

#[test]
fn steps_go_to_the_last_process_that_was_named() {
    let (verdict, received) = route_text(
        "Feature: f\nBackground:\nGiven all are up\nAnd 'base' process opens\nAnd it waits\n\
         Scenario: s\nGiven all go on\nWhen the  'a'  process  works\n* it rests\n\
         Then the \"b\" process is quoted otherwise",
    );
    assert_eq!(verdict, CombinationVerdict::Passed);
    assert_received(
        &received,
        &[
            (
                "a",
                &[
                    "0* all are up",
                    "0* all go on",
                    "1 the  'a'  process  works",
                    "1 it rests",
                    "2 the \"b\" process is quoted otherwise",
                ],
            ),
            ("base", &["0* all are up", "0 'base' process opens", "0 it waits", "0* all go on"]),
        ],
    );
}

#[test]
fn roles_keep_their_case_and_their_capital_plural() {
    let (verdict, received) = steps(
        "Given The 'Reader' Process opens\nAnd Two Readers 'a' and 'b' come\nAnd THE reader is 'c'",
    );
    assert_eq!(verdict, CombinationVerdict::Passed);
    assert_received(
        &received,
        &[
            ("Reader", &["0 The 'Reader' Process opens"]),
            ("Readers", &["0 Two Readers 'a' and 'b' come"]),
            ("reader", &["0 THE reader is 'c'"]),
        ],
    );
}

#[test]
fn name_with_a_dash_is_not_a_role() {
    let (_, received) = steps("Given the 'writer' process opens\nAnd the reader is 'user-1'");
    assert_received(
        &received,
        &[("writer", &["0 the 'writer' process opens", "0 the reader is 'user-1'"])],
    );
}

#[test]
fn kill_of_an_unknown_process_passes() {
    let (verdict, received) = steps(
        "Given the 'a' process opens\nWhen it says the 'b' process is killed\nThen all is well",
    );
    assert_eq!(verdict, CombinationVerdict::Passed);
    assert_received(&received, &[("a", &["0 the 'a' process opens", "2 all is well"])]);
}

#[test]
fn crash_of_an_unknown_process_fails() {
    for (words, action) in [("crashes", "crashes"), ("is  shutdown", "shutdown")] {
        let (verdict, received) =
            steps(&format!("Given the 'a' process opens\nWhen it says the 'b' process {words}"));
        let reason =
            format!("step 2: Failed to {action} process 'b': No connection for process 'b'");
        assert_eq!(verdict, CombinationVerdict::Failed(reason));
        assert_received(&received, &[("a", &["0 the 'a' process opens"])]);
    }
}

#[test]
fn a_kill_stops_the_process_for_good() {
    let (verdict, received) = steps(
        "Given the 'a' process opens\nAnd the 'b' process opens\n\
         When the 'a' process sees that the  'b'  process  is  killed\nThen the 'b' process is well",
    );
    let reason = verdict.reason().unwrap();
    assert!(reason.contains("Cannot access a disposed object"), "{reason}");
    assert_received(
        &received,
        &[("a", &["0 the 'a' process opens"]), ("b", &["0 the 'b' process opens"])],
    );
}

#[test]
fn a_process_that_crashed_or_was_shut_down_cannot_execute_a_step() {
    for (words, method) in [("crashes hard", "crash"), ("is shutdown", "shutdown")] {
        let (verdict, received) = steps(&format!(
            "Given the 'a' process opens\nWhen the 'a' process {words}\nThen all is well"
        ));
        assert!(matches!(verdict, CombinationVerdict::Failed(_)), "{verdict:?}");
        assert_eq!(received["a"][..2], ["0 the 'a' process opens", method]);
    }
}

#[test]
fn keywords_of_other_languages_are_sent_as_given() {
    let (verdict, received) = route_text(
        "# language: de\nFunktionalität: f\nSzenario: s\nAngenommen the 'a' process opens\n\
         Wenn the 'a' process is killed\nDann all is well\nAber not that",
    );
    assert_eq!(verdict, CombinationVerdict::Passed);
    assert_received(
        &received,
        &[(
            "a",
            &[
                "0 the 'a' process opens",
                "0 the 'a' process is killed",
                "0 all is well",
                "0 not that",
            ],
        )],
    );
}

#[test]
fn an_outline_runs_once_with_its_placeholders() {
    let (verdict, received) = route_text(
        "Feature: f\nScenario Outline: o <n>\nGiven the 'a' process counts <n>\n\
         Examples:\n|n|\n|1|\n|2|",
    );
    assert_eq!(verdict, CombinationVerdict::Passed);
    assert_received(&received, &[("a", &["0 the 'a' process counts <n>"])]);
}

#[test]
fn a_wait_beyond_32_bits_fails_at_once() {
    let (verdict, received) = steps(
        "Given the 'a' process opens\nAnd wait  for  '0'  seconds\n\
         Then wait for '99999999999' seconds\nAnd it is not sent",
    );
    let reason = verdict.reason().unwrap();
    assert!(reason.contains("the longest wait is 2147483647 s"), "{reason}");
    assert_received(&received, &[("a", &["0 the 'a' process opens"])]);
}

/// The recording repeats what the reference runner does: this runner agreed with 34 scenarios recorded from
/// it when the recording was made.
#[test]
fn recorded_routings_are_repeated() {
    let text = include_str!("recordings/routing.feature");
    let document = gherkin::parse("01-Routing.feature", text).unwrap();
    let mut routed = String::new();
    for scenario in compat_scenarios(&document) {
        let name = scenario.name.clone();
        let (verdict, received) = route(scenario);
        let verdict = if verdict == CombinationVerdict::Passed { "passes" } else { "fails" };
        writeln!(routed, "{name}: {verdict}").unwrap();
        for (role, messages) in received {
            writeln!(routed, "  {role}").unwrap();
            messages.iter().for_each(|message| writeln!(routed, "    {message}").unwrap());
        }
    }
    assert_recorded("harmony/recordings/routing.txt", &routed);
}
