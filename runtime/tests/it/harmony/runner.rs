//! The runner with real processes: the messages it sends, the processes it starts and ends, the results
//! it reports.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use harmony_bdd::gherkin;
use harmony_bdd::harmony::combinations::CombinationFilter;
use harmony_bdd::harmony::config::{Config, Platform};
use harmony_bdd::harmony::routing::{Mode, compat_scenarios};
use harmony_bdd::harmony::runner::{RunnerOptions, instances, run};
use harmony_bdd::harmony::trace::TraceWriter;
use harmony_bdd::model::{Event, Outcome, StepResult, StopFlag};
use serde_json::Value;

use super::child::{self, PATIENCE};
use crate::recorded::assert_recorded;

/// Returns a platform whose process has this behavior; the platform is named after it.
pub(crate) fn platform(behavior: &str) -> Platform {
    let command = child::command(behavior);
    Platform {
        name: behavior.to_owned(),
        executable: PathBuf::from(command.get_program()),
        arguments: command.get_args().map(ToOwned::to_owned).collect(),
        wrapper: Vec::new(),
        working_directory: None,
        environment: command
            .get_envs()
            .map(|(name, value)| {
                let text = |s: &std::ffi::OsStr| s.to_str().unwrap().to_owned();
                (text(name), value.map(text).unwrap_or_default())
            })
            .collect(),
        step_timeout: None,
        start_timeout: None,
    }
}

/// The results of each scenario, by its displayed name.
pub(crate) struct RunResults {
    pub(crate) scenarios: Vec<(String, Vec<StepResult>)>,
    pub(crate) interrupted: bool,
}

impl RunResults {
    pub(crate) fn outcomes(&self, scenario: usize) -> Vec<&Outcome> {
        self.scenarios[scenario].1.iter().map(|result| &result.outcome).collect()
    }

    pub(crate) fn passed(&self) -> bool {
        self.scenarios.iter().all(|(_, steps)| steps.iter().all(|s| s.outcome.is_passed()))
    }

    pub(crate) fn logs(&self, scenario: usize, step: usize) -> Vec<&str> {
        self.scenarios[scenario].1[step].logs.iter().map(|log| log.message.as_str()).collect()
    }

    pub(crate) fn failure(&self, scenario: usize, step: usize) -> String {
        match &self.scenarios[scenario].1[step].outcome {
            Outcome::Failed(failure) => failure.to_string(),
            other => panic!("{other:?}"),
        }
    }
}

/// Calls a function with each message of a run, as the trace has it.
pub(crate) struct OnMessage<F>(F);

impl<F: FnMut(&str) + Send + 'static> OnMessage<F> {
    pub(crate) fn trace(call: F) -> TraceWriter {
        TraceWriter::new(Self(call))
    }
}

impl<F: FnMut(&str)> Write for OnMessage<F> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        (self.0)(std::str::from_utf8(line).unwrap());
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub(crate) fn options() -> RunnerOptions {
    RunnerOptions {
        step_timeout: PATIENCE,
        start_timeout: PATIENCE,
        stop_timeout: Duration::from_secs(5),
        start_delay: Duration::ZERO,
        jobs: NonZeroUsize::new(4).unwrap(),
        ..RunnerOptions::default()
    }
}

/// Runs a feature text with every combination of these behaviors.
pub(crate) fn run_text(text: &str, behaviors: &[&str], options: RunnerOptions) -> RunResults {
    run_file("91-Runner.feature", text, behaviors, options)
}

/// Runs a feature text with these behaviors, such as `a=serve,b=plain`.
fn run_combination(text: &str, combination: &str) -> RunResults {
    let choice = CombinationFilter::combination(combination).unwrap();
    let behaviors: Vec<&str> =
        combination.split(',').map(|pair| pair.split_once('=').unwrap().1).collect();
    run_filter("91-Runner.feature", text, &behaviors, &choice, options())
}

pub(crate) fn run_file(
    path: &str,
    text: &str,
    behaviors: &[&str],
    options: RunnerOptions,
) -> RunResults {
    run_filter(path, text, behaviors, &CombinationFilter::default(), options)
}

fn run_filter(
    path: &str,
    text: &str,
    behaviors: &[&str],
    choice: &CombinationFilter,
    options: RunnerOptions,
) -> RunResults {
    let platforms = behaviors.iter().map(|behavior| platform(behavior)).collect();
    run_config(path, text, platforms, choice, options)
}

/// Runs a feature text with every combination of these platforms.
pub(crate) fn run_platforms(
    text: &str,
    platforms: Vec<Platform>,
    options: RunnerOptions,
) -> RunResults {
    run_config("91-Runner.feature", text, platforms, &CombinationFilter::default(), options)
}

fn run_config(
    path: &str,
    text: &str,
    platforms: Vec<Platform>,
    choice: &CombinationFilter,
    options: RunnerOptions,
) -> RunResults {
    let document = gherkin::parse(path, text).unwrap();
    let scenarios = match options.mode {
        Mode::Strict => gherkin::scenarios(&document),
        Mode::Compat => compat_scenarios(&document),
    };
    let scenarios: Vec<_> = scenarios.into_iter().map(Arc::new).collect();
    let config = Config { platforms, ..Config::default() };
    let assigned = instances(&scenarios, &config, choice, options.mode).unwrap();
    let mut results = RunResults { scenarios: Vec::new(), interrupted: false };
    let mut steps: BTreeMap<usize, (String, BTreeMap<usize, StepResult>)> = BTreeMap::new();
    run(assigned, options, |event| match event {
        Event::ScenarioStarted { number, scenario, .. } => {
            steps.insert(number, (scenario.name.clone(), BTreeMap::new()));
        }
        Event::StepFinished { number, step, result } => {
            let before = steps.get_mut(&number).unwrap().1.insert(step, (*result).clone());
            assert!(before.is_none(), "step {step} ended twice");
        }
        Event::RunFinished { interrupted, .. } => results.interrupted = interrupted,
        _ => {}
    })
    .unwrap();
    results.scenarios = steps.into_values().map(|(n, s)| (n, s.into_values().collect())).collect();
    results
}

/// A stream whose bytes can be read afterwards.
#[derive(Clone, Default)]
pub(crate) struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Runs a feature text; returns the trace as well.
pub(crate) fn traced(text: &str, behaviors: &[&str], mode: Mode) -> (RunResults, Vec<Value>) {
    traced_file("91-Runner.feature", text, behaviors, mode)
}

pub(crate) fn traced_file(
    path: &str,
    text: &str,
    behaviors: &[&str],
    mode: Mode,
) -> (RunResults, Vec<Value>) {
    let written = Written::default();
    let options =
        RunnerOptions { mode, trace: Some(TraceWriter::new(written.clone())), ..options() };
    let results = run_file(path, text, behaviors, options);
    let lines = written.text();
    (results, lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

/// Returns the bodies that were sent to `process`, as text.
pub(crate) fn sent_to(trace: &[Value], process: &str) -> Vec<String> {
    let sent = |line: &&Value| line["dir"] == "->" && line["process"] == process;
    trace.iter().filter(sent).map(|line| line["body"].to_string()).collect()
}

pub(crate) const TWO: &str = "\
Feature: f
  Background:
    Given all are ready
  Scenario: s
    Given the 'reader' process goes
    When the 'writer' process goes
    And on
    Then the 'reader' process ends
";

#[test]
fn compat_requests_are_those_of_the_reference_runner() {
    let (results, trace) = traced(TWO, &["plain"], Mode::Compat);
    assert!(results.passed());
    assert_eq!(results.scenarios[0].0, "s [reader=plain, writer=plain]");
    let sent = sent_to(&trace, "writer");
    assert_eq!(sent[0], r#"{"jsonrpc":"2.0","id":2,"method":"health","params":[]}"#);
    let initialize: Value = serde_json::from_str(&sent[1]).unwrap();
    let recorded = &initialize["params"][0];
    let host = recorded["HostPid"].as_u64().unwrap();
    assert_eq!(host, u64::from(std::process::id()), "the runner's own process id");
    assert_eq!(
        sent[1],
        format!(
            r#"{{"jsonrpc":"2.0","id":3,"method":"initialize","params":[{{"Role":"writer","Platform":"plain","Scenario":"test","HostPid":{host},"FeatureId":91,"TestRunId":"{host}_91"}}]}}"#
        )
    );
    assert_eq!(
        sent[2..],
        [
            r#"{"jsonrpc":"2.0","id":4,"method":"executeStep","params":[{"Process":"writer","StepType":0,"Step":"all are ready","Parameters":{},"Context":{},"IsBroadcast":true}]}"#,
            r#"{"jsonrpc":"2.0","id":5,"method":"executeStep","params":[{"Process":"writer","StepType":1,"Step":"the 'writer' process goes","Parameters":{},"Context":{},"IsBroadcast":false}]}"#,
            r#"{"jsonrpc":"2.0","id":6,"method":"executeStep","params":[{"Process":"writer","StepType":1,"Step":"on","Parameters":{},"Context":{},"IsBroadcast":false}]}"#,
        ]
    );
}

/// The recording repeats what the reference runner sends: this runner agreed with a recording of it when this
/// one was made.
#[test]
fn recorded_traffic_of_compat_mode_is_repeated() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../examples/zerobuffer-suite/tests/fixtures/reference-features/01-BasicCommunication.feature"
    );
    let feature = std::fs::read_to_string(path).unwrap();
    let (_, trace) = traced_file(path, &feature, &["plain"], Mode::Compat);
    let host = std::process::id().to_string();
    let mut recorded = String::new();
    for process in ["reader", "writer"] {
        let is_own = |line: &&Value| {
            let scenario = line["scenario"].as_str().unwrap();
            scenario.starts_with("Test 1.1 ") && line["process"] == process
        };
        for line in trace.iter().filter(is_own).filter(|line| line.get("dir").is_some()) {
            let body = line["body"].to_string();
            let body = body.replace(&format!("\"HostPid\":{host},"), "\"HostPid\":4711,");
            let body = body.replace(&format!("\"{host}_1\""), "\"4711_1\"");
            let dir = line["dir"].as_str().unwrap();
            recorded +=
                &format!("{{\"process\":\"{process}\",\"dir\":\"{dir}\",\"body\":{body}}}\n");
        }
    }
    assert_recorded("harmony/recordings/traffic.jsonl", &recorded);
}

#[test]
fn context_is_passed_on_in_strict_mode_alone() {
    for (mode, seen) in [(Mode::Strict, "xxxx"), (Mode::Compat, "")] {
        let (_, trace) = traced(TWO, &["plain"], mode);
        let last = sent_to(&trace, "reader").pop().unwrap();
        let last: Value = serde_json::from_str(&last).unwrap();
        let context = &last["params"][0]["Context"];
        // One for the broadcast, one for each of the three steps before.
        assert_eq!(context["seen"].as_str().unwrap_or(""), seen);
    }
}

#[test]
fn shared_values_reach_steps_of_other_processes() {
    let text = "\
Feature: f
  Scenario: s
    Given the 'a' process shares 'port' as '4711'
    And the 'b' process finds 'port' shared as '4711'
    When the 'b' process shares 'port' as '4712'
    Then the 'a' process finds 'port' shared as '4712'
    And the 'a' process finds 'other' shared as ''
";
    let results = run_text(text, &["serve"], options());
    assert!(results.passed(), "{:?}", results.scenarios);
    // Across an existing serve, which returns the values that it gets.
    let text = "\
Feature: f
  Scenario: s
    Given the 'a' process shares 'port' as '4711'
    And the 'b' process goes
    Then the 'a' process finds 'port' shared as '4711'
";
    let results = run_combination(text, "a=serve,b=plain");
    assert!(results.passed(), "{:?}", results.scenarios);
}

#[test]
fn an_echo_does_not_undo_what_another_process_shared_in_the_same_step() {
    // `z` responds after `a` and returns the values that it got.
    let text = "\
Feature: f
  Background:
    Given the 'a' process shares 'seen' as 'before'
  Scenario: s
    Given it shares 'seen' as 'after'
    Then the 'a' process finds 'seen' shared as 'after'
    And the 'z' process finds 'seen' shared as 'after'
";
    for combination in ["a=serve,z=serve", "a=serve,z=echoes"] {
        let results = run_combination(text, combination);
        assert!(results.passed(), "{combination}: {:?}", results.scenarios);
    }
}

#[test]
fn results_of_a_step_are_reported_for_each_process() {
    let text = "\
Feature: f
  Scenario: s
    Given nothing happens
    And the 'a' process counts
    When wait for '0' seconds
    Then the 'b' process has counted 3
";
    let results = run_text(text, &["serve"], options());
    let parts = |step: usize| -> Vec<(&str, &str)> {
        let parts = &results.scenarios[0].1[step].per_process;
        parts.iter().map(|part| (&*part.process, part.outcome.as_str())).collect()
    };
    assert_eq!(parts(0), [("a (serve)", "passed"), ("b (serve)", "passed")]);
    assert_eq!(parts(1), [("a (serve)", "passed")]);
    assert_eq!(parts(2), []);
    assert_eq!(parts(3), [("b (serve)", "failed")]);
    let counted = &results.scenarios[0].1[1];
    assert!(counted.per_process[0].logs[0].message.starts_with("pid "), "{counted:?}");
    assert!(counted.per_process[0].started >= counted.started);
    assert!(counted.per_process[0].duration <= counted.duration);
    // Processes of scenarios in parallel have different names.
    let text = "Feature: f\nScenario: 1\nGiven the 'a' process counts\nThen wait for '1' seconds\n\
                Scenario: 2\nGiven the 'a' process counts\nThen wait for '1' seconds\n";
    let results = run_text(text, &["serve"], options());
    let mut names: Vec<&str> =
        results.scenarios.iter().map(|(_, steps)| &*steps[0].per_process[0].process).collect();
    names.sort_unstable();
    assert_eq!(names, ["a (serve)", "a (serve) #2"]);
}

pub(crate) const TABLE: &str = "\
Feature: f
  Scenario: s
    Given rows
      | a | b |
      | 1 | 2 |
    And a text
      ```json
      x
      ```
";

#[test]
fn tables_and_doc_strings_reach_a_serve_that_announces_them() {
    let results = run_text(TABLE, &["serve"], options());
    assert!(results.passed(), "{:?}", results.scenarios);
    assert_eq!(results.logs(0, 0), [r#"[default (serve)] [["a", "b"], ["1", "2"]]"#]);
    assert_eq!(results.logs(0, 1), [r#"[default (serve)] Some("json") "x""#]);
}

#[test]
fn step_with_table_and_doc_string_is_refused() {
    let text = "Feature: f\nScenario: s\nGiven rows\n|a|\n```\nx\n```\n";
    let results = run_text(text, &["serve"], options());
    assert!(results.failure(0, 0).contains("a table and a doc string"));
}

#[test]
fn tables_are_not_sent_to_a_serve_that_does_not_announce_them() {
    let (results, trace) = traced(TABLE, &["plain"], Mode::Strict);
    assert!(results.passed());
    assert!(sent_to(&trace, "default").iter().all(|body| !body.contains("DataTable")));
    let recorded = results.logs(0, 0).pop().unwrap();
    assert_eq!(
        recorded,
        "[default (plain)] does not support a data table; the step was sent without it"
    );
}

fn pid_in(log: &str) -> &str {
    log.rsplit_once("pid ").unwrap().1
}

#[test]
fn step_texts_kill_and_start_processes() {
    let text = "\
Feature: f
  Scenario: s
    Given the 'reader' process counts
    And the 'writer' process counts
    When the 'reader' process is killed
    And a new 'reader' process counts
    Then the 'reader' process has counted 1
    When a second 'writer' process counts
    And the second 'writer' process counts
    Then the 'writer' process has counted 1
    And the second 'writer' process has counted 2
    When the 'writer' process is shutdown
    And the 'reader' process crashes
    Then the 'reader' process has counted 1
";
    let results = run_text(text, &["serve"], options());
    let outcomes = results.outcomes(0);
    let last = outcomes.len() - 1;
    assert!(outcomes[..last].iter().all(|outcome| outcome.is_passed()), "{:?}", results.scenarios);
    let reason = results.failure(0, last);
    assert!(
        reason.starts_with("the 'reader' process has exited (signal SIGABRT): it was made to crash at 91-Runner.feature:13:5"),
        "{reason}"
    );
    let pids: Vec<&str> = [0, 1, 3, 5, 6].map(|step| pid_in(results.logs(0, step)[0])).into();
    assert_ne!(pids[0], pids[2], "a new process");
    assert_eq!(pids[3], pids[4], "the second process stays the second");
    assert_ne!(pids[1], pids[3]);
}

#[test]
fn a_role_called_second_is_not_the_second_process_of_a_role() {
    let text = "\
Feature: f
  Scenario: s
    Given the 'reader' process counts
    And the 'second reader' process counts
    And a second 'reader' process counts
    Then the 'second reader' process has counted 1
    And the second 'reader' process has counted 1
";
    let results = run_text(text, &["serve"], options());
    assert!(results.passed(), "{:?}", results.scenarios);
    let pids: Vec<&str> = [0, 1, 2].map(|step| pid_in(results.logs(0, step)[0])).into();
    assert!(pids[0] != pids[1] && pids[1] != pids[2] && pids[0] != pids[2], "{pids:?}");
}

#[test]
fn compat_starts_no_new_processes() {
    let text = "\
Feature: f
  Scenario: s
    Given the 'writer' process counts
    And a new 'reader' process counts
    And the 'reader' process counts
    When the 'reader' process is killed
    Then the 'writer' process has counted 2
    And the 'reader' process has counted 1
";
    let options = RunnerOptions { mode: Mode::Compat, ..options() };
    let results = run_text(text, &["serve"], options);
    let outcomes = results.outcomes(0);
    assert!(outcomes[..5].iter().all(|outcome| outcome.is_passed()), "{outcomes:?}");
    assert!(results.failure(0, 5).contains("disposed object"), "{outcomes:?}");
}

#[test]
fn a_serve_that_cannot_crash_is_killed() {
    let text = "\
Feature: f
  Scenario: s
    Given the 'reader' process starts
    When the 'reader' process crashes
    Then the 'reader' process is there
";
    let results = run_text(text, &["refuses@crash"], options());
    assert!(results.outcomes(0)[1].is_passed());
    assert!(results.failure(0, 2).contains("has exited (signal SIGKILL): it was made to crash"));
}

#[test]
fn an_unexpected_exit_is_reported_once() {
    let text = "Feature: f\nScenario: s\nGiven the 'a' process goes\nThen wait for '1' seconds";
    let results = run_text(text, &["goes-after@executeStep"], options());
    assert!(results.passed(), "{:?}", results.scenarios);
    // With the first step if it ended quickly enough; once in any case.
    let recorded = [results.logs(0, 0), results.logs(0, 1)].concat();
    let ends = recorded.iter().filter(|log| log.ends_with("exited unexpectedly: exit code 7"));
    assert_eq!(ends.count(), 1, "{recorded:?}");
}

#[test]
fn a_compat_crash_passes_if_it_gets_a_response() {
    let text = "\
Feature: f
  Scenario: s
    Given the 'reader' process counts
    When the 'reader' process crashes
    Then the 'reader' process counts
";
    let results = run_text(text, &["serve"], RunnerOptions { mode: Mode::Compat, ..options() });
    assert!(results.outcomes(0)[1].is_passed());
    assert!(results.failure(0, 2).contains("died: signal SIGABRT"), "{}", results.failure(0, 2));
}

#[test]
fn outcomes_are_kept_across_processes() {
    let text = |step: &str| format!("Feature: f\nScenario: s\nGiven {step}\nThen nothing happens");
    let outcome = |step| {
        let results = run_text(&text(step), &["serve"], options());
        let outcomes: Vec<Outcome> = results.outcomes(0).into_iter().cloned().collect();
        assert_eq!(outcomes[1], Outcome::Skipped { reason: None });
        outcomes.into_iter().next().unwrap()
    };
    assert!(matches!(outcome("it flies"), Outcome::Unsupported { .. }));
    assert_eq!(
        outcome("it blocks for ever"),
        Outcome::TimedOut { limit: Duration::from_millis(200) }
    );
    let Outcome::Failed(failure) = outcome("it panics") else { panic!() };
    assert_eq!(failure.message, "the reason of the panic");
    assert!(failure.location.is_some());
}

#[test]
fn failure_shows_the_last_messages() {
    let text =
        "Feature: f\nScenario: s\nGiven the 'a' process counts\nWhen the 'b' process has counted 7";
    let results = run_text(text, &["serve"], options());
    let recorded = *results.logs(0, 1).last().unwrap();
    assert!(recorded.starts_with("the last messages:\na (serve)"), "{recorded}");
    assert!(recorded.contains("-> 4 executeStep the 'a' process counts"), "{recorded}");
    assert!(recorded.contains("success: false"), "{recorded}");
}

#[test]
fn combinations_run_in_parallel_with_separate_buffer_names() {
    let text = "\
Feature: f
  Scenario: s
    Given the 'reader' process makes a file in shared memory
    And the 'writer' process makes a file in shared memory
";
    let results = run_text(text, &["serve", "plain"], options());
    let names: Vec<&str> = results.scenarios.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "s [reader=serve, writer=serve]",
            "s [reader=serve, writer=plain]",
            "s [reader=plain, writer=serve]",
            "s [reader=plain, writer=plain]",
        ]
    );
    assert!(results.passed(), "{:?}", results.scenarios);
    let made: Vec<&str> = [results.logs(0, 0)[0], results.logs(0, 1)[0], results.logs(1, 0)[0]]
        .map(|log| log.rsplit_once(' ').unwrap().1)
        .into();
    assert_eq!(made[0], made[1], "one name for the processes of a scenario");
    assert_ne!(made[0], made[2], "another one in another combination");
    for file in made {
        assert!(file.starts_with("/dev/shm/"), "{file}");
        assert!(!std::path::Path::new(file).exists(), "{file} is left");
    }
}

#[test]
fn stopped_run_leaves_nothing() {
    let text =
        "Feature: f\nScenario: s\nGiven the 'a' process counts\nWhen wait for '3600' seconds";
    let stop = StopFlag::default();
    let flag = stop.clone();
    let trace = OnMessage::trace(move |line| {
        if line.contains("\"success\":true") {
            flag.set();
        }
    });
    let options = RunnerOptions { stop, trace: Some(trace), ..options() };
    let results = run_text(text, &["stubborn"], options);
    assert_eq!(results.outcomes(0)[1], &Outcome::skip("the run was stopped"));
}
