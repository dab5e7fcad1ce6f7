//! The result of a whole run: the matrix of scenarios and combinations, and the support of scenarios by
//! platforms before a run.

use std::num::NonZeroUsize;
use std::sync::Arc;

use harmony_bdd::gherkin;
use harmony_bdd::harmony::combinations::CombinationFilter;
use harmony_bdd::harmony::config::{Config, Platform};
use harmony_bdd::harmony::coverage::{coverage, to_text};
use harmony_bdd::harmony::matrix::Matrix;
use harmony_bdd::harmony::routing::Mode;
use harmony_bdd::harmony::runner::{RunnerOptions, instances, run};
use harmony_bdd::harmony::verdict::CombinationVerdict;
use harmony_bdd::model::{Event, Scenario, StopFlag};

use super::child::PATIENCE;
use super::runner::{options, platform};

const TEXT: &str = "\
Feature: f
  Scenario: 1.1 counts
    Given the 'reader' process counts
    When the 'writer' process counts
  Scenario Outline: 1.2 flies <n> times
    Given the 'reader' process counts
    When the 'reader' process flies <n> times
    Examples:
      | n |
      | 1 |
      | 2 |
  Scenario: 1.3 is alone and seen twice
    Given it is seen twice
    And wait for '0' seconds
";

fn named(name: &str, run_text: &str) -> Platform {
    Platform { name: name.to_owned(), ..platform(run_text) }
}

fn scenarios_of(text: &str) -> Vec<Arc<Scenario>> {
    let document = gherkin::parse("91-Matrix.feature", text).unwrap();
    gherkin::scenarios(&document).into_iter().map(Arc::new).collect()
}

fn scenarios() -> Vec<Arc<Scenario>> {
    scenarios_of(TEXT)
}

/// Runs `text` in all combinations of the platforms.
fn matrix_of(text: &str, platforms: Vec<Platform>, options: RunnerOptions) -> Matrix {
    let config = Config { platforms, ..Config::default() };
    let scenarios = scenarios_of(text);
    let assigned =
        instances(&scenarios, &config, &CombinationFilter::default(), Mode::Strict).unwrap();
    let mut matrix = Matrix::new(&assigned);
    matrix.fill(run(assigned, options, |_| {}).unwrap());
    matrix
}

#[test]
fn the_matrix_distinguishes_failed_from_unsupported() {
    // Both serves lack the flying step; only for the foreign one it is unsupported.
    let platforms =
        vec![named("rust", "serve"), named("peer", "lacks@flies"), named("bad", "dies")];
    let config = Config { platforms, ..Config::default() };
    let assigned =
        instances(&scenarios(), &config, &CombinationFilter::default(), Mode::Strict).unwrap();
    assert_eq!(assigned.len(), 9 + 3 + 3 + 3);
    let mut matrix = Matrix::new(&assigned);
    matrix.fill(run(assigned, options(), |_| {}).unwrap());
    let cell = |scenario, platforms| matrix.cell(scenario, platforms).unwrap().clone();
    assert_eq!(cell("1.1", "rust_rust"), CombinationVerdict::Passed);
    assert_eq!(cell("1.1", "rust_peer"), CombinationVerdict::Passed);
    let failed = |cell| match cell {
        CombinationVerdict::Failed(reason) => reason,
        other => panic!("{other:?}"),
    };
    assert!(failed(cell("1.1", "rust_bad")).starts_with("step 2: the 'writer' process (bad, pid "));
    assert_eq!(
        failed(cell("flies 1 times", "rust")),
        "step 2: [reader (rust)] has no definition for this step"
    );
    let reason = "step 2: [reader (peer)] has no definition for this step".to_owned();
    assert_eq!(cell("flies 2 times", "peer"), CombinationVerdict::Unsupported(reason));
    assert!(!matrix.is_success());
    let text = matrix.to_text();
    let row = text.lines().find(|line| line.starts_with("1.1 counts")).unwrap();
    assert_eq!(row.split_whitespace().filter(|word| *word == "passed").count(), 4, "{text}");
    assert!(
        text.contains("\n1.1 counts in rust_bad: FAILED: step 2: the 'writer' process"),
        "{text}"
    );
    let json = matrix.to_json();
    assert_eq!(json[0]["combinations"]["rust_rust"]["outcome"], "passed");
    assert_eq!(json[1]["place"], "91-Matrix.feature:10");
    assert_eq!(json[1]["combinations"]["peer"]["outcome"], "unsupported");
}

#[test]
fn a_broadcast_that_several_peers_lack_is_unsupported() {
    let text = "Feature: f\n  Scenario: all\n    Given they all fly\n    \
                When the 'a' process counts\n    And the 'b' process counts\n";
    let platforms = vec![named("rust", "serve"), named("peer", "lacks@fly")];
    let matrix = matrix_of(text, platforms, options());
    let both = "step 1: [a (peer)] has no definition for this step, \
                [b (peer)] has no definition for this step";
    assert_eq!(
        matrix.cell("all", "peer_peer"),
        Some(&CombinationVerdict::Unsupported(both.to_owned()))
    );
    let ours = matrix.cell("all", "rust_peer").unwrap();
    assert!(
        matches!(ours, CombinationVerdict::Failed(reason) if reason.contains("[a (rust)]")),
        "{ours:?}"
    );
    assert!(!matrix.is_success());
}

#[test]
fn an_unsupported_step_is_reported_with_its_reason() {
    let text = "Feature: f\n  Scenario: all\n    Given the 'a' process counts\n    \
                Then the 'b' process counts as well\n";
    for (run_text, reason) in [
        ("skips@as well", "step 2: [b (peer)] skipped it: not here"),
        ("declines@as well", "step 2: [b (peer)] refuses it: Step not supported: it has no wings"),
        ("limits@as well", "step 2: [b (peer)] refuses it: metadata_size must be positive"),
        ("lacks@as well", "step 2: [b (peer)] has no definition for this step"),
        ("lacks-in-log@as well", "step 2: [b (peer)] has no definition for this step"),
    ] {
        let matrix = matrix_of(text, vec![named("peer", run_text)], options());
        let cell = matrix.cell("all", "peer_peer").unwrap();
        assert_eq!(*cell, CombinationVerdict::Unsupported(reason.to_owned()), "{run_text}");
        assert!(matrix.to_text().contains(reason), "{}", matrix.to_text());
        // From an own process the same words are a failure, except for a skip.
        let matrix = matrix_of(text, vec![named("rust", run_text)], options());
        match (run_text, matrix.cell("all", "rust_rust").unwrap()) {
            ("skips@as well", CombinationVerdict::Skipped(recorded)) => {
                assert!(recorded.ends_with("not here"))
            }
            (_, CombinationVerdict::Failed(_)) => {}
            (_, other) => panic!("{run_text}: {other:?}"),
        }
    }
    let matrix = matrix_of(text, vec![named("peer", "errs@as well")], options());
    let failed = CombinationVerdict::Failed("step 2: it fell down".to_owned());
    assert_eq!(matrix.cell("all", "peer_peer"), Some(&failed));
}

#[test]
fn a_failure_of_an_own_process_is_reported_although_a_peer_declines_the_step() {
    let text = "Feature: f\n  Scenario: all\n    Given they all fly\n    \
                When the 'a' process counts\n    And the 'b' process counts\n";
    for peer in ["skips@fly", "limits@fly", "lacks@fly"] {
        let platforms = vec![named("rust", "errs@fly"), named("peer", peer)];
        let matrix = matrix_of(text, platforms, options());
        for combination in ["rust_peer", "peer_rust"] {
            let cell = matrix.cell("all", combination).unwrap();
            assert!(
                matches!(cell, CombinationVerdict::Failed(reason) if reason.contains("it fell down")),
                "{peer} in {combination}: {cell:?}"
            );
        }
        let cell = matrix.cell("all", "peer_peer").unwrap();
        assert!(matches!(cell, CombinationVerdict::Unsupported(_)), "{peer}: {cell:?}");
    }
}

#[test]
fn stopped_and_unstarted_scenarios_neither_pass_nor_fail() {
    let text = "Feature: f\n  Scenario: 1 lasts\n    Given the 'a' process counts\n    \
                When wait for '3600' seconds\n  Scenario: 2 comes later\n    \
                Given the 'a' process counts\n";
    let platforms = vec![named("rust", "serve")];
    let config = Config { platforms, ..Config::default() };
    let scenarios = scenarios_of(text);
    let assigned =
        instances(&scenarios, &config, &CombinationFilter::default(), Mode::Strict).unwrap();
    let mut matrix = Matrix::new(&assigned);
    // Stopped once its first step has passed.
    let stop = StopFlag::default();
    let options = RunnerOptions { jobs: NonZeroUsize::MIN, stop: stop.clone(), ..options() };
    let mut outcomes = Vec::new();
    let verdicts = run(assigned, options, |event| {
        if let Event::StepFinished { result, .. } = event {
            outcomes.push(result.outcome.to_string());
            stop.set();
        }
    });
    matrix.fill(verdicts.unwrap());
    assert_eq!(outcomes, ["passed", "skipped: the run was stopped"]);
    let stopped = CombinationVerdict::Stopped("step 2: the run was stopped".to_owned());
    assert_eq!(matrix.cell("1 lasts", "rust"), Some(&stopped));
    assert_eq!(matrix.cell("2 comes", "rust"), Some(&CombinationVerdict::NotRun));
    assert!(matrix.to_text().contains("rust: 1 stopped, 1 not run"), "{}", matrix.to_text());
    assert!(!matrix.is_success());
}

#[test]
fn fail_fast_starts_nothing_after_the_first_failure() {
    let text = "Feature: f\n  Scenario: 1 skips\n    Given it skips\n  Scenario: 2 fails\n    \
                Given it fails\n  Scenario: 3 comes later\n    Given it counts\n";
    let options = RunnerOptions { jobs: NonZeroUsize::MIN, fail_fast: true, ..options() };
    let matrix = matrix_of(text, vec![named("rust", "skips@skips")], options.clone());
    assert!(
        matches!(matrix.cell("1 skips", "rust"), Some(CombinationVerdict::Skipped(_))),
        "{matrix:?}"
    );
    assert_eq!(
        matrix.cell("3 comes", "rust"),
        Some(&CombinationVerdict::Passed),
        "a skip is not a failure"
    );
    assert!(matrix.is_success());
    let matrix = matrix_of(text, vec![named("rust", "errs@fails")], options);
    assert!(
        matches!(matrix.cell("2 fails", "rust"), Some(CombinationVerdict::Failed(_))),
        "{matrix:?}"
    );
    assert_eq!(matrix.cell("3 comes", "rust"), Some(&CombinationVerdict::NotRun));
}

#[test]
fn coverage_reports_the_support_of_each_platform() {
    let platforms =
        vec![named("rust", "serve"), named("peer", "plain"), named("bad", "dies@discover")];
    let config = Config { platforms, ..Config::default() };
    let recorded =
        coverage(&scenarios(), &config, &[], Mode::Strict, PATIENCE, &mut |_| {}).unwrap();
    let playable: Vec<Vec<bool>> =
        recorded.iter().map(|p| p.scenarios.iter().map(|s| s.is_runnable()).collect()).collect();
    assert_eq!(playable, [vec![true, false, false, true], vec![false; 4], vec![]]);
    let lacking = &recorded[0].scenarios[1].missing;
    assert_eq!(
        lacking.as_slice(),
        [("reader".to_owned(), "the 'reader' process flies 1 times".to_owned())]
    );
    let (step, patterns) = &recorded[0].scenarios[3].ambiguous[0];
    assert_eq!((step.as_str(), patterns.len()), ("it is seen twice", 2));
    let reason = recorded[2].definitions.as_ref().unwrap_err().to_string();
    assert!(reason.contains("died: exit code 3") && reason.contains("last words"), "{reason}");
    let text = to_text(&recorded);
    assert!(text.contains("definitions, supports 2 of 4 scenarios\n"), "{text}");
    assert!(text.contains("    lacks (reader): the 'reader' process flies 2 times\n"), "{text}");
    assert!(text.contains("bad: no response: "), "{text}");
    let unknown =
        coverage(&[], &config, &["cobol".to_owned()], Mode::Strict, PATIENCE, &mut |_| {});
    assert!(unknown.unwrap_err().to_string().contains("configured: rust, peer, bad"));
}
