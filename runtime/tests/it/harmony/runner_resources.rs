//! The runner's measurements of its processes, and objects left in shared memory.

use std::path::Path;
use std::sync::Arc;

use harmony_bdd::gherkin;
use harmony_bdd::harmony::combinations::CombinationFilter;
use harmony_bdd::harmony::config::Config;
use harmony_bdd::harmony::routing::Mode;
use harmony_bdd::harmony::runner::{RunnerOptions, instances, run};
use harmony_bdd::model::{Event, LeakedResource};

use super::runner::{options, platform};

const FEATURE: &str = "\
Feature: f
  Background:
    Given the 'reader' process is counted
    Given the 'writer' process is counted
  Scenario: tidy
    Given nothing happens
  Scenario: untidy
    Given an object is left in shared memory
";

/// Returns the events of this kind in a run.
fn recorded(resources: bool) -> Vec<Event> {
    let document = gherkin::parse("91-Resources.feature", FEATURE).unwrap();
    let scenarios: Vec<_> = gherkin::scenarios(&document).into_iter().map(Arc::new).collect();
    let config = Config { platforms: vec![platform("serve")], ..Config::default() };
    let assigned =
        instances(&scenarios, &config, &CombinationFilter::default(), Mode::Strict).unwrap();
    let mut events = Vec::new();
    let options = RunnerOptions { resources, ..options() };
    run(assigned, options, |event| match event {
        Event::ResourcesMeasured { .. } | Event::ResourcesLeaked(_) => events.push(event),
        Event::StepFinished { result, .. } => assert!(result.outcome.is_passed(), "{result:?}"),
        _ => {}
    })
    .unwrap();
    events
}

#[test]
fn processes_and_leftovers_of_a_scenario_are_reported() {
    let events = recorded(true);
    let mut measured: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            Event::ResourcesMeasured { number, resources } => {
                assert!(resources.resident_bytes > 0 && resources.threads > 1, "{resources:?}");
                assert!(resources.open_files >= 3, "{resources:?}");
                assert!(resources.cpu_time > std::time::Duration::ZERO, "{resources:?}");
                Some((*number, resources.process.as_deref().unwrap().to_owned()))
            }
            _ => None,
        })
        .collect();
    measured.sort();
    let of = |number: usize| ["reader (serve)", "writer (serve)"].map(|p| (number, p.to_owned()));
    assert_eq!(measured, [of(0), of(1)].concat());
    let left: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            Event::ResourcesLeaked(leak) => {
                Some((leak.scenario.name.as_str(), &leak.resources[..]))
            }
            _ => None,
        })
        .collect();
    let [(scenario, [LeakedResource::SharedMemory { path }])] = left[..] else {
        panic!("one scenario left one thing: {left:?}")
    };
    assert!(scenario.starts_with("untidy ["), "{scenario}");
    assert!(path.starts_with("/dev/shm/left_"), "{path}");
    assert!(!Path::new(path).exists(), "what was left is removed all the same");
    assert!(recorded(false).is_empty(), "only where it is asked for");
}
