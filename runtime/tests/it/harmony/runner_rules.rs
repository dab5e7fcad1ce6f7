//! Compat mode exactly as the reference runner, oddities included, and strict mode where it differs: the
//! messages, their order, and the texts of failures.

use harmony_bdd::harmony::routing::Mode;
use harmony_bdd::harmony::runner::RunnerOptions;
use harmony_bdd::model::Outcome;
use serde_json::Value;

use super::runner::{
    RunResults, TABLE, TWO, options, run_file, run_text, sent_to, traced, traced_file,
};

fn compat() -> RunnerOptions {
    RunnerOptions { mode: Mode::Compat, ..options() }
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
fn compat_processes_start_one_after_the_other() {
    let text = "\
Feature: f
  Background:
    Given the 'writer' process goes
  Scenario: s
    Given the 'reader' process goes
";
    let (_, trace) = traced(text, &["plain"], Mode::Compat);
    assert_eq!(
        order(&trace)[..4],
        [
            ("writer", "health"),
            ("writer", "initialize"),
            ("reader", "health"),
            ("reader", "initialize")
        ]
    );
    let (_, trace) = traced(text, &["plain"], Mode::Strict);
    assert_eq!(order(&trace)[..2], [("writer", "health"), ("reader", "health")], "in parallel");
}

#[test]
fn no_process_runs_two_scenarios() {
    let text = "Feature: f\nScenario: 1\nGiven the 'a' process goes\n\
                Scenario: 2\nGiven the 'a' process goes";
    for mode in [Mode::Strict, Mode::Compat] {
        let (_, trace) = traced(text, &["plain"], mode);
        let mut pids: Vec<u64> = trace.iter().map(|line| line["pid"].as_u64().unwrap()).collect();
        pids.sort_unstable();
        pids.dedup();
        assert_eq!(pids.len(), 2);
    }
}

#[test]
fn compat_drops_tables_and_doc_strings() {
    let text = format!("{TABLE}\n    And the 'reader' process counts\n");
    let (results, trace) = traced(&text, &["serve"], Mode::Compat);
    let Outcome::Failed(failure) = results.outcomes(0)[0] else {
        panic!("{:?}", results.scenarios)
    };
    assert!(failure.message.contains("needs a data table"), "{failure}");
    let sent = sent_to(&trace, "reader");
    assert!(sent.iter().all(|body| !body.contains("DataTable") && !body.contains("DocString")));
    assert_eq!(methods(&trace, "reader"), ["health", "initialize", "executeStep"]);
    let recorded = results.logs(0, 0);
    assert!(recorded.iter().all(|log| !log.contains("without it")), "{recorded:?}");
}

#[test]
fn compat_failures_have_the_texts_of_the_reference_runner() {
    let text = "Feature: f\nScenario: s\nGiven the 'a' process goes\nThen it falls";
    let results = run_text(text, &["errs@falls"], compat());
    assert_eq!(results.failure(0, 1), "Execution failed: it fell down");
    let text = "Feature: f\nScenario: s\nGiven all fall\nThen the 'a' process goes\n\
                And the 'b' process goes";
    let results = run_text(text, &["errs@fall"], compat());
    assert_eq!(results.failure(0, 0), "Broadcast failed on: it fell down, it fell down");
    let results = run_text(text, &["lacks@fall"], compat());
    let lacks = "No matching step definition found for: all fall";
    assert_eq!(results.failure(0, 0), format!("Broadcast failed on: {lacks}, {lacks}"));
    // Strict mode names the process.
    let results = run_text(text, &["errs@fall"], options());
    let reason = "Broadcast failed on: a (errs@fall): it fell down, b (errs@fall): it fell down";
    assert_eq!(results.failure(0, 0), reason);
}

#[test]
fn compat_protocol_errors_have_the_texts_of_the_reference_runner() {
    let fails =
        |play_: &str, text: &str, step: usize| run_text(text, &[play_], compat()).failure(0, step);
    let one = "Feature: f\nScenario: s\nGiven the 'a' process goes";
    assert_eq!(
        fails("refuses@executeStep", one, 0),
        "Execution failed: Remote execution failed: the reason of the refusal"
    );
    assert_eq!(fails("misses@executeStep", one, 0), "Execution failed: a: no such method");
    let shutdown =
        "Feature: f\nScenario: s\nGiven the 'a' process goes\nWhen the 'a' process is shutdown";
    // One family of errors is swallowed, the other is not.
    assert!(run_text(shutdown, &["refuses@shutdown"], compat()).passed());
    assert_eq!(
        fails("misses@shutdown", shutdown, 1),
        "Failed to shutdown process 'a': no such method"
    );
    // The result of `initialize` does not matter, as long as it is a bool.
    assert!(run_text(one, &["disagrees@initialize"], compat()).passed());
    assert!(run_text(one, &["disagrees@initialize"], options()).passed());
    assert!(fails("disagrees@health", one, 0).contains("Process a health check failed"));
}

#[test]
fn compat_keeps_a_process_that_was_shut_down() {
    let text = "\
Feature: f
  Scenario: s
    Given the 'a' process goes
    When the 'a' process is shutdown
    Then the 'a' process goes
";
    // It has only answered and is still running.
    let results = run_text(text, &["plain"], compat());
    assert!(results.passed(), "{:?}", results.scenarios);
    let results = run_text(text, &["serve"], compat());
    assert!(!results.outcomes(0)[0].is_passed(), "`serve` has no such step");
    let results = run_text(&text.replace("goes", "counts"), &["serve"], compat());
    assert!(results.failure(0, 2).contains("died: exit code 0"), "{}", results.failure(0, 2));
    // In strict mode it has exited.
    let results = run_text(text, &["plain"], options());
    let reason =
        "the 'a' process has exited (exit code 0): it was shut down at 91-Runner.feature:4:5";
    assert!(results.failure(0, 2).starts_with(reason), "{:?}", results.scenarios);
}

#[test]
fn compat_broadcasts_reach_stopped_processes() {
    let text = "\
Feature: f
  Background:
    Given the 'a' process goes
    And the 'b' process goes
    When the 'a' process is killed
  Scenario: s
    Given all go
";
    let results = run_text(text, &["plain"], compat());
    let reason = results.failure(0, 3);
    assert!(reason.starts_with("Broadcast failed on: Cannot access a disposed object"), "{reason}");
    assert!(
        run_text(text, &["plain"], options()).passed(),
        "strict mode sends to running processes only"
    );
}

#[test]
fn compat_requires_a_feature_number() {
    let text = "Feature: f\nScenario: s\nGiven the 'a' process goes";
    let results = run_file("NoNumber.feature", text, &["plain"], compat());
    assert!(
        results.failure(0, 0).contains("requires feature file names of the form `NN-Name.feature`")
    );
    assert!(run_file("NoNumber.feature", text, &["plain"], options()).passed());
    let (results, trace) = traced_file("0-Zero.feature", text, &["plain"], Mode::Compat);
    assert!(results.passed());
    assert_eq!(methods(&trace, "a"), ["health", "executeStep"]);
    let (_, trace) = traced_file("0-Zero.feature", text, &["plain"], Mode::Strict);
    assert_eq!(methods(&trace, "a"), ["health", "initialize", "executeStep"]);
}

#[test]
fn a_broadcast_reaches_each_process_as_itself() {
    for mode in [Mode::Strict, Mode::Compat] {
        let (_, trace) = traced(TWO, &["plain"], mode);
        for process in ["reader", "writer"] {
            let first: Value = serde_json::from_str(&sent_to(&trace, process)[2]).unwrap();
            let step = &first["params"][0];
            assert_eq!(step["Step"], "all are ready");
            assert_eq!((&step["Process"], &step["IsBroadcast"]), (&process.into(), &true.into()));
        }
    }
}

#[test]
fn scenarios_are_announced_by_name_in_strict_mode_alone() {
    for (mode, name) in [(Mode::Strict, "s"), (Mode::Compat, "test")] {
        let (_, trace) = traced(TWO, &["plain"], mode);
        let recorded: Value = serde_json::from_str(&sent_to(&trace, "reader")[1]).unwrap();
        assert_eq!(recorded["params"][0]["Scenario"], name);
    }
}

#[test]
fn compat_neither_expands_outlines_nor_enters_rules() {
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
    let names = |results: RunResults| -> Vec<String> {
        results.scenarios.into_iter().map(|(name, _)| name).collect()
    };
    assert_eq!(
        names(run_text(text, &["plain"], options())),
        ["o goes [a=plain]", "o runs [a=plain]", "in a rule [a=plain]"]
    );
    let (results, trace) = traced(text, &["plain"], Mode::Compat);
    assert_eq!(names(results), ["o <x> [a=plain]"]);
    let sent: Value = serde_json::from_str(&sent_to(&trace, "a")[2]).unwrap();
    assert_eq!(sent["params"][0]["Step"], "the 'a' process <x>");
}
