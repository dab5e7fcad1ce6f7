//! What a whole run comes to: the matrix of scenarios and combinations, and what platforms say they
//! can play before anything runs.

use std::sync::Arc;

use harmony_bdd::gherkin;
use harmony_bdd::harmony::combinations::Choice;
use harmony_bdd::harmony::config::{Config, Platform};
use harmony_bdd::harmony::coverage::{coverage, to_text};
use harmony_bdd::harmony::matrix::{Matrix, Verdict};
use harmony_bdd::harmony::routing::Lifecycle;
use harmony_bdd::harmony::runner::{assignments, run};
use harmony_bdd::model::Scenario;

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

fn named(name: &str, play: &str) -> Platform {
    Platform { name: name.to_owned(), ..platform(play) }
}

fn scenarios() -> Vec<Arc<Scenario>> {
    let document = gherkin::parse("91-Matrix.feature", TEXT).unwrap();
    gherkin::scenarios(&document).into_iter().map(Arc::new).collect()
}

#[test]
fn the_matrix_tells_failures_from_peers_that_cannot() {
    // Both serves lack the flying step; only the foreign one is excused.
    let platforms =
        vec![named("rust", "serve"), named("peer", "lacks@flies"), named("bad", "dies")];
    let config = Config { platforms, ..Config::default() };
    let assigned = assignments(&scenarios(), &config, &Choice::default(), Lifecycle::Real).unwrap();
    assert_eq!(assigned.len(), 9 + 3 + 3 + 3);
    let mut matrix = Matrix::new(&assigned);
    run(assigned, options(), |event| matrix.event(&event)).unwrap();
    let cell = |scenario, platforms| matrix.cell(scenario, platforms).unwrap().clone();
    assert_eq!(cell("1.1", "rust_rust"), Verdict::Passed);
    assert_eq!(cell("1.1", "rust_peer"), Verdict::Passed);
    let failed = |cell| match cell {
        Verdict::Failed(reason) => reason,
        other => panic!("{other:?}"),
    };
    assert!(failed(cell("1.1", "rust_bad")).starts_with("step 2: the 'writer' process (bad, pid "));
    assert_eq!(
        failed(cell("flies 1 times", "rust")),
        "step 2: [reader (rust)] has no definition for this step"
    );
    let reason = "step 2: [reader (peer)] has no definition for this step".to_owned();
    assert_eq!(cell("flies 2 times", "peer"), Verdict::PeerCannot(reason));
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
    assert_eq!(json[1]["combinations"]["peer"]["outcome"], "peer cannot");
}

#[test]
fn a_broadcast_that_several_peers_lack_is_no_failure_of_theirs() {
    let text = "Feature: f\n  Scenario: all\n    Given they all fly\n    \
                When the 'a' process counts\n    And the 'b' process counts\n";
    let document = gherkin::parse("92-Broadcast.feature", text).unwrap();
    let scenarios: Vec<_> = gherkin::scenarios(&document).into_iter().map(Arc::new).collect();
    let platforms = vec![named("rust", "serve"), named("peer", "lacks@fly")];
    let config = Config { platforms, ..Config::default() };
    let assigned = assignments(&scenarios, &config, &Choice::default(), Lifecycle::Real).unwrap();
    let mut matrix = Matrix::new(&assigned);
    run(assigned, options(), |event| matrix.event(&event)).unwrap();
    let both = "step 1: [a (peer)] has no definition for this step, \
                [b (peer)] has no definition for this step";
    assert_eq!(matrix.cell("all", "peer_peer"), Some(&Verdict::PeerCannot(both.to_owned())));
    let ours = matrix.cell("all", "rust_peer").unwrap();
    assert!(matches!(ours, Verdict::Failed(reason) if reason.contains("[a (rust)]")), "{ours:?}");
    assert!(!matrix.is_success());
}

#[test]
fn platforms_tell_what_they_can_play_before_anything_runs() {
    let platforms =
        vec![named("rust", "serve"), named("peer", "plain"), named("bad", "dies@discover")];
    let config = Config { platforms, ..Config::default() };
    let told = coverage(&scenarios(), &config, &[], Lifecycle::Real, PATIENCE).unwrap();
    let playable: Vec<Vec<bool>> =
        told.iter().map(|p| p.scenarios.iter().map(|s| s.is_playable()).collect()).collect();
    assert_eq!(playable, [vec![true, false, false, true], vec![false; 4], vec![]]);
    let lacking = &told[0].scenarios[1].missing;
    assert_eq!(
        lacking.as_slice(),
        [("reader".to_owned(), "the 'reader' process flies 1 times".to_owned())]
    );
    let (step, patterns) = &told[0].scenarios[3].ambiguous[0];
    assert_eq!((step.as_str(), patterns.len()), ("it is seen twice", 2));
    let reason = told[2].definitions.as_ref().unwrap_err();
    assert!(reason.contains("died: exit code 3") && reason.contains("last words"), "{reason}");
    let text = to_text(&told);
    assert!(text.contains("definitions, can play 2 of 4 scenarios\n"), "{text}");
    assert!(text.contains("    lacks (reader): the 'reader' process flies 2 times\n"), "{text}");
    assert!(text.contains("bad: no answer: "), "{text}");
    let unknown = coverage(&[], &config, &["cobol".to_owned()], Lifecycle::Real, PATIENCE);
    assert!(unknown.unwrap_err().to_string().contains("configured: rust, peer, bad"));
}
