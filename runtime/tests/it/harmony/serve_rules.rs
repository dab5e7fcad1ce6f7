//! The verdicts of the runner on serves that keep or break a rule: those of the reference runner.

use harmony_bdd::harmony::config::Config;
use harmony_bdd::harmony::coverage::coverage;
use harmony_bdd::harmony::routing::Mode;
use harmony_bdd::harmony::runner::RunnerOptions;
use harmony_bdd::model::Outcome;

use super::child::PATIENCE;
use super::rule_breaker::{FRAMES, Fails, MESSAGES, Passes, RESULTS, Rule, STARTS};
use super::runner::{RunResults, options, platform, run_text};

const TEXT: &str = "\
Feature: f
  Scenario: s
    Given the 'reader' process opens
    And the 'writer' process opens
    When the 'writer' process writes
    Then the 'reader' process reads
";

fn run(rule: &Rule, options: RunnerOptions) -> RunResults {
    run_text(TEXT, &[&format!("rule:{}", rule.name)], options)
}

fn reason(results: &RunResults) -> Option<String> {
    results.outcomes(0).into_iter().find_map(|outcome| match outcome {
        Outcome::Failed(failure) => Some(failure.to_string()),
        _ => None,
    })
}

#[track_caller]
fn assert_verdicts(rules: &[Rule]) {
    for rule in rules {
        for mode in [Mode::Strict, Mode::Compat] {
            let reason = reason(&run(rule, RunnerOptions { mode, ..options() }));
            let (name, verdict) = (rule.name, rule.verdict);
            match (verdict, &reason) {
                (Passes, None) => {}
                (Fails(part), Some(reason)) if reason.contains(part) => {}
                _ => panic!("{name} in {mode:?}: {verdict:?}, but {reason:?}"),
            }
        }
    }
}

#[test]
fn frames_are_judged_as_by_the_reference_runner() {
    assert_verdicts(FRAMES);
}

#[test]
fn messages_are_judged_as_by_the_reference_runner() {
    assert_verdicts(MESSAGES);
}

#[test]
fn results_of_the_start_are_judged_as_by_the_reference_runner() {
    assert_verdicts(STARTS);
}

#[test]
fn results_of_steps_are_judged_as_by_the_reference_runner() {
    assert_verdicts(RESULTS);
}

#[test]
fn a_lenient_run_warns_of_broken_rules() {
    for name in
        ["lower", "lf", "newline-after", "no-version", "id-null", "level-word", "context-list"]
    {
        let all = [FRAMES, MESSAGES, RESULTS];
        let rule = all.into_iter().flatten().find(|rule| rule.name == name).unwrap();
        let Fails(part) = rule.verdict else { panic!("{name} passes anyway") };
        // A result without an id is not read, in spite of all.
        let results = run(
            rule,
            RunnerOptions {
                lenient: true,
                step_timeout: std::time::Duration::from_secs(1),
                ..options()
            },
        );
        if name == "id-null" {
            assert!(reason(&results).unwrap().contains("did not respond"), "{name}");
        } else {
            assert_eq!(reason(&results), None, "{name}");
        }
        let logs: Vec<&str> = (0..4).flat_map(|step| results.logs(0, step)).collect();
        assert!(logs.iter().any(|log| log.contains(part)), "{name}: {logs:?}");
    }
}

#[test]
fn coverage_names_the_rules_that_a_serve_breaks() {
    for name in [
        "strict",
        "lower",
        "lf",
        "newline-after",
        "no-version",
        "id-text",
        "response-twice",
        "health-false",
        "initialize-null",
        "level-word",
        "context-list",
        "success-word",
    ] {
        let all = [FRAMES, MESSAGES, STARTS, RESULTS];
        let rule = all.into_iter().flatten().find(|rule| rule.name == name).unwrap();
        let platforms = vec![platform(&format!("rule:{name}"))];
        let config = Config { platforms, ..Config::default() };
        let found = coverage(&[], &config, &[], Mode::Strict, PATIENCE, &mut |_| {}).unwrap();
        let violations = &found[0].violations;
        let named = match rule.verdict {
            Passes => violations.is_empty() && found[0].is_complete(),
            Fails("Failed to initialize") => violations.join("; ").contains("initialize must be"),
            Fails(part) if name == "health-false" => {
                !part.is_empty() && violations.join("; ").contains("health must be true, not false")
            }
            Fails(part) => violations.iter().filter(|rule| rule.contains(part)).count() == 1,
        };
        assert!(named, "{name}: {violations:?}");
        assert_eq!(found[0].is_complete(), violations.is_empty(), "{name}");
    }
}
