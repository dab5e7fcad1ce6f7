//! The field's runner to the letter, oddities included, and ours where it differs: what goes over the
//! wire, in which order, and what is said of a failure.

use harmony_bdd::harmony::routing::Lifecycle;
use harmony_bdd::harmony::runner::RunnerOptions;
use harmony_bdd::model::Outcome;
use serde_json::Value;

use super::runner::{Played, TABLE, TWO, options, play, play_file, sent_to, traced, traced_file};

fn by_the_fields_rules() -> RunnerOptions {
    RunnerOptions { lifecycle: Lifecycle::Harmony, ..options() }
}

fn methods<'a>(trace: &'a [Value], process: &str) -> Vec<&'a str> {
    let sent = trace.iter().filter(|line| line["dir"] == "->" && line["process"] == process);
    sent.map(|line| line["body"]["method"].as_str().unwrap()).collect()
}

/// Process and method of everything that was sent, in its order.
fn order(trace: &[Value]) -> Vec<(&str, &str)> {
    let sent = trace.iter().filter(|line| line["dir"] == "->");
    sent.map(|line| (line["process"].as_str().unwrap(), line["body"]["method"].as_str().unwrap()))
        .collect()
}

#[test]
fn by_the_fields_rules_processes_begin_one_after_the_other_as_they_are_named() {
    let text = "\
Feature: f
  Background:
    Given the 'writer' process goes
  Scenario: s
    Given the 'reader' process goes
";
    let (_, trace) = traced(text, &["plain"], Lifecycle::Harmony);
    assert_eq!(
        order(&trace)[..4],
        [
            ("writer", "health"),
            ("writer", "initialize"),
            ("reader", "health"),
            ("reader", "initialize")
        ]
    );
    let (_, trace) = traced(text, &["plain"], Lifecycle::Real);
    assert_eq!(order(&trace)[..2], [("writer", "health"), ("reader", "health")], "side by side");
}

#[test]
fn no_process_plays_two_scenarios() {
    let text = "Feature: f\nScenario: 1\nGiven the 'a' process goes\n\
                Scenario: 2\nGiven the 'a' process goes";
    for lifecycle in [Lifecycle::Real, Lifecycle::Harmony] {
        let (_, trace) = traced(text, &["plain"], lifecycle);
        let mut pids: Vec<u64> = trace.iter().map(|line| line["pid"].as_u64().unwrap()).collect();
        pids.sort_unstable();
        pids.dedup();
        assert_eq!(pids.len(), 2);
    }
}

#[test]
fn by_the_fields_rules_tables_and_doc_strings_are_dropped() {
    let text = format!("{TABLE}\n    And the 'reader' process counts\n");
    let (played, trace) = traced(&text, &["serve"], Lifecycle::Harmony);
    let Outcome::Failed(failure) = played.outcomes(0)[0] else { panic!("{:?}", played.scenarios) };
    assert!(failure.message.contains("wants a data table"), "{failure}");
    let sent = sent_to(&trace, "reader");
    assert!(sent.iter().all(|body| !body.contains("DataTable") && !body.contains("DocString")));
    assert_eq!(methods(&trace, "reader"), ["health", "initialize", "executeStep"]);
    let told = played.logs(0, 0);
    assert!(told.iter().all(|log| !log.contains("was not sent")), "{told:?}");
}

#[test]
fn by_the_fields_rules_failures_have_its_words() {
    let text = "Feature: f\nScenario: s\nGiven the 'a' process goes\nThen it falls";
    let played = play(text, &["errs@falls"], by_the_fields_rules());
    assert_eq!(played.failure(0, 1), "Execution failed: it fell down");
    let text = "Feature: f\nScenario: s\nGiven all fall\nThen the 'a' process goes\n\
                And the 'b' process goes";
    let played = play(text, &["errs@fall"], by_the_fields_rules());
    assert_eq!(played.failure(0, 0), "Broadcast failed on: it fell down, it fell down");
    let played = play(text, &["lacks@fall"], by_the_fields_rules());
    let lacks = "No matching step definition found for: all fall";
    assert_eq!(played.failure(0, 0), format!("Broadcast failed on: {lacks}, {lacks}"));
    // Ours says who.
    let played = play(text, &["errs@fall"], options());
    let reason = "Broadcast failed on: a (errs@fall): it fell down, b (errs@fall): it fell down";
    assert_eq!(played.failure(0, 0), reason);
}

#[test]
fn by_the_fields_rules_errors_of_the_wire_have_its_words() {
    let fails = |play_: &str, text: &str, step: usize| {
        play(text, &[play_], by_the_fields_rules()).failure(0, step)
    };
    let one = "Feature: f\nScenario: s\nGiven the 'a' process goes";
    assert_eq!(
        fails("refuses@executeStep", one, 0),
        "Execution failed: Remote execution failed: the reason of the refusal"
    );
    assert_eq!(fails("misses@executeStep", one, 0), "Execution failed: a: there is no such method");
    let shutdown =
        "Feature: f\nScenario: s\nGiven the 'a' process goes\nWhen the 'a' process is shutdown";
    // One family of errors is swallowed, the other is not.
    assert!(play(shutdown, &["refuses@shutdown"], by_the_fields_rules()).passed());
    assert_eq!(fails("misses@shutdown", shutdown, 1), "there is no such method");
    // What it answers to `initialize` does not matter, as long as it is a bool.
    assert!(play(one, &["disagrees@initialize"], by_the_fields_rules()).passed());
    assert!(play(one, &["disagrees@initialize"], options()).passed());
    assert!(fails("disagrees@health", one, 0).contains("is not healthy: it answered false"));
}

#[test]
fn by_the_fields_rules_a_process_that_was_shut_down_stays_in_the_table() {
    let text = "\
Feature: f
  Scenario: s
    Given the 'a' process goes
    When the 'a' process is shutdown
    Then the 'a' process goes
";
    // It has only answered and lives on.
    let played = play(text, &["plain"], by_the_fields_rules());
    assert!(played.passed(), "{:?}", played.scenarios);
    let played = play(text, &["serve"], by_the_fields_rules());
    assert!(!played.outcomes(0)[0].is_passed(), "`serve` has no such step");
    let played = play(&text.replace("goes", "counts"), &["serve"], by_the_fields_rules());
    assert!(played.failure(0, 2).contains("died: exit code 0"), "{}", played.failure(0, 2));
    // In earnest it is gone.
    let played = play(text, &["plain"], options());
    let reason = "the 'a' process is gone (exit code 0): it was shut down at 91-Runner.feature:4:5";
    assert!(played.failure(0, 2).starts_with(reason), "{:?}", played.scenarios);
}

#[test]
fn by_the_fields_rules_what_goes_to_all_goes_to_the_stopped_as_well() {
    let text = "\
Feature: f
  Background:
    Given the 'a' process goes
    And the 'b' process goes
    When the 'a' process is killed
  Scenario: s
    Given all go
";
    let played = play(text, &["plain"], by_the_fields_rules());
    let reason = played.failure(0, 3);
    assert!(reason.starts_with("Broadcast failed on: Cannot access a disposed object"), "{reason}");
    assert!(play(text, &["plain"], options()).passed(), "only who is there is asked");
}

#[test]
fn by_the_fields_rules_a_file_without_a_number_is_refused_and_number_0_is_none() {
    let text = "Feature: f\nScenario: s\nGiven the 'a' process goes";
    let played = play_file("NoNumber.feature", text, &["plain"], by_the_fields_rules());
    assert!(played.failure(0, 0).contains("begins with a number and a `-`"));
    assert!(play_file("NoNumber.feature", text, &["plain"], options()).passed());
    let (played, trace) = traced_file("0-Zero.feature", text, &["plain"], Lifecycle::Harmony);
    assert!(played.passed());
    assert_eq!(methods(&trace, "a"), ["health", "executeStep"]);
    let (_, trace) = traced_file("0-Zero.feature", text, &["plain"], Lifecycle::Real);
    assert_eq!(methods(&trace, "a"), ["health", "initialize", "executeStep"]);
}

#[test]
fn a_broadcast_reaches_each_process_as_itself() {
    for lifecycle in [Lifecycle::Real, Lifecycle::Harmony] {
        let (_, trace) = traced(TWO, &["plain"], lifecycle);
        for process in ["reader", "writer"] {
            let first: Value = serde_json::from_str(&sent_to(&trace, process)[2]).unwrap();
            let step = &first["params"][0];
            assert_eq!(step["Step"], "all are ready");
            assert_eq!((&step["Process"], &step["IsBroadcast"]), (&process.into(), &true.into()));
        }
    }
}

#[test]
fn scenarios_are_told_their_real_name_where_the_field_says_test() {
    for (lifecycle, name) in [(Lifecycle::Real, "s"), (Lifecycle::Harmony, "test")] {
        let (_, trace) = traced(TWO, &["plain"], lifecycle);
        let told: Value = serde_json::from_str(&sent_to(&trace, "reader")[1]).unwrap();
        assert_eq!(told["params"][0]["Scenario"], name);
    }
}

#[test]
fn an_outline_is_expanded_and_a_rule_entered_where_the_field_does_neither() {
    let text = "\
Feature: f
  Scenario Outline: o <x>
    Given the 'a' process <x>
    Examples:
      | x    |
      | goes |
      | runs |
  Rule: r
    Scenario: in a rule
      Given the 'a' process goes
";
    let names = |played: Played| -> Vec<String> {
        played.scenarios.into_iter().map(|(name, _)| name).collect()
    };
    assert_eq!(
        names(play(text, &["plain"], options())),
        ["o goes [a=plain]", "o runs [a=plain]", "in a rule [a=plain]"]
    );
    let (played, trace) = traced(text, &["plain"], Lifecycle::Harmony);
    assert_eq!(names(played), ["o <x> [a=plain]"]);
    let sent: Value = serde_json::from_str(&sent_to(&trace, "a")[2]).unwrap();
    assert_eq!(sent["params"][0]["Step"], "the 'a' process <x>");
}
