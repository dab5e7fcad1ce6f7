//! Cucumber Messages of a run across processes, in which each scenario runs once per combination.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use harmony_bdd::gherkin;
use harmony_bdd::model::{Event, Outcome, Scenario, StepResult};
use harmony_bdd::report::{Junit, Messages, ReporterSet, RunMetadata};
use serde_json::Value;

const FEATURE: &str = "\
Feature: f
  Scenario: one
    Given a step
  Scenario Outline: row <n>
    Given a step
    Examples:
      | n |
      | 1 |
";

/// A file in memory.
#[derive(Clone, Default)]
struct Output(Arc<Mutex<Vec<u8>>>);

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Output {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// Reports a run of both scenarios in two combinations, of which the second fails.
fn run() -> (Vec<Value>, String) {
    let document = Arc::new(gherkin::parse("a.feature", FEATURE).unwrap());
    let metadata = RunMetadata { documents: vec![Arc::clone(&document)], ..RunMetadata::default() };
    let (messages, junit) = (Output::default(), Output::default());
    let mut reports = ReporterSet::default();
    reports.add("messages", Messages::new(messages.clone(), metadata));
    reports.add("junit", Junit::new(junit.clone()));
    let mut number = 0;
    reports.on_event(&Event::RunStarted { scenarios: 4, time: SystemTime::UNIX_EPOCH });
    for scenario in gherkin::scenarios(&document) {
        for (combination, outcome) in
            [("rust_rust", Outcome::Passed), ("rust_python", Outcome::pending("later"))]
        {
            let scenario = Arc::new(Scenario {
                name: format!("{} [{combination}]", scenario.name),
                combination: Some(combination.into()),
                ..scenario.clone()
            });
            let (attempt, lane, started) = (0, 0, Duration::ZERO);
            reports.on_event(&Event::ScenarioStarted { number, attempt, scenario, lane, started });
            let result = Arc::new(StepResult::instant(outcome, Duration::ZERO));
            reports.on_event(&Event::StepFinished { number, step: 0, result });
            let (duration, retried) = (Duration::ZERO, false);
            reports.on_event(&Event::ScenarioFinished {
                number,
                duration,
                retried,
                interrupted: false,
            });
            number += 1;
        }
    }
    reports.on_event(&Event::RunFinished { duration: Duration::ZERO, interrupted: false });
    assert_eq!(reports.errors(), [""; 0]);
    let lines = messages.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (lines, junit.text())
}

fn of_kind<'m>(messages: &'m [Value], kind: &str) -> Vec<&'m Value> {
    messages.iter().filter_map(|message| message.get(kind)).collect()
}

#[test]
fn each_combination_has_a_pickle_and_a_test_case() {
    let (messages, junit) = run();
    let names: BTreeSet<_> =
        of_kind(&messages, "pickle").iter().map(|pickle| pickle["name"].to_string()).collect();
    assert_eq!(names.len(), 4, "{names:?}");
    let pickles: BTreeSet<_> =
        of_kind(&messages, "testCase").iter().map(|case| case["pickleId"].to_string()).collect();
    assert_eq!(pickles.len(), junit.matches("<testcase ").count());
}

#[test]
fn each_combination_has_its_own_source() {
    let (messages, _) = run();
    let uris = |kind: &str| -> Vec<_> {
        of_kind(&messages, kind).iter().map(|message| message["uri"].as_str().unwrap()).collect()
    };
    let expected = ["a.feature [rust_rust]", "a.feature [rust_python]"];
    assert_eq!(uris("source"), expected);
    assert_eq!(uris("gherkinDocument"), expected);
    assert_eq!(uris("pickle"), [expected, expected].concat());
}

#[test]
fn pickles_refer_to_nodes_of_the_same_document() {
    let (messages, _) = run();
    for pickle in of_kind(&messages, "pickle") {
        let document = of_kind(&messages, "gherkinDocument")
            .into_iter()
            .find(|document| document["uri"] == pickle["uri"])
            .unwrap()
            .to_string();
        for id in pickle["astNodeIds"].as_array().unwrap() {
            assert!(document.contains(&format!("\"id\":{id}")), "{id} in {document}");
        }
    }
}
