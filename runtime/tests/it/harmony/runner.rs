//! The runner with real processes: what it sends, whom it starts and ends, what it reports.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use harmony_bdd::gherkin;
use harmony_bdd::harmony::combinations::Choice;
use harmony_bdd::harmony::config::{Config, Platform};
use harmony_bdd::harmony::routing::{Lifecycle, field_scenarios};
use harmony_bdd::harmony::runner::{RunnerOptions, assignments, run};
use harmony_bdd::harmony::trace::Trace;
use harmony_bdd::model::{Event, Outcome, StepResult};
use serde_json::Value;

use super::child::{self, PATIENCE};

/// A platform whose process plays `play`; its name is the play.
pub(crate) fn platform(play: &str) -> Platform {
    let command = child::command(play);
    Platform {
        name: play.to_owned(),
        executable: PathBuf::from(command.get_program()),
        arguments: command.get_args().map(ToOwned::to_owned).collect(),
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

/// What became of each scenario, by its shown name.
pub(crate) struct Played {
    pub(crate) scenarios: Vec<(String, Vec<StepResult>)>,
    pub(crate) interrupted: bool,
}

impl Played {
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

/// Plays a feature text with every combination of these plays.
pub(crate) fn play(text: &str, plays: &[&str], options: RunnerOptions) -> Played {
    play_file("91-Runner.feature", text, plays, options)
}

/// Plays a feature text with these plays, such as `a=serve,b=plain`.
fn play_combination(text: &str, combination: &str) -> Played {
    let choice = Choice::combination(combination).unwrap();
    let plays: Vec<&str> =
        combination.split(',').map(|pair| pair.split_once('=').unwrap().1).collect();
    play_choice("91-Runner.feature", text, &plays, &choice, options())
}

pub(crate) fn play_file(path: &str, text: &str, plays: &[&str], options: RunnerOptions) -> Played {
    play_choice(path, text, plays, &Choice::default(), options)
}

fn play_choice(
    path: &str,
    text: &str,
    plays: &[&str],
    choice: &Choice,
    options: RunnerOptions,
) -> Played {
    let platforms = plays.iter().map(|play| platform(play)).collect();
    play_config(path, text, platforms, choice, options)
}

/// Plays a feature text with every combination of these platforms.
pub(crate) fn play_platforms(
    text: &str,
    platforms: Vec<Platform>,
    options: RunnerOptions,
) -> Played {
    play_config("91-Runner.feature", text, platforms, &Choice::default(), options)
}

fn play_config(
    path: &str,
    text: &str,
    platforms: Vec<Platform>,
    choice: &Choice,
    options: RunnerOptions,
) -> Played {
    let document = gherkin::parse(path, text).unwrap();
    let scenarios = match options.lifecycle {
        Lifecycle::Real => gherkin::scenarios(&document),
        Lifecycle::Harmony => field_scenarios(&document),
    };
    let scenarios: Vec<_> = scenarios.into_iter().map(Arc::new).collect();
    let config = Config { platforms, ..Config::default() };
    let assigned = assignments(&scenarios, &config, choice, options.lifecycle).unwrap();
    let mut played = Played { scenarios: Vec::new(), interrupted: false };
    let mut steps: BTreeMap<usize, (String, BTreeMap<usize, StepResult>)> = BTreeMap::new();
    run(assigned, options, |event| match event {
        Event::ScenarioStarted { number, scenario, .. } => {
            steps.insert(number, (scenario.name.clone(), BTreeMap::new()));
        }
        Event::StepFinished { number, step, result } => {
            let before = steps.get_mut(&number).unwrap().1.insert(step, (*result).clone());
            assert!(before.is_none(), "step {step} ended twice");
        }
        Event::RunFinished { interrupted, .. } => played.interrupted = interrupted,
        _ => {}
    })
    .unwrap();
    played.scenarios = steps.into_values().map(|(n, s)| (n, s.into_values().collect())).collect();
    played
}

#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Plays and gives the trace beside.
pub(crate) fn traced(text: &str, plays: &[&str], lifecycle: Lifecycle) -> (Played, Vec<Value>) {
    traced_file("91-Runner.feature", text, plays, lifecycle)
}

pub(crate) fn traced_file(
    path: &str,
    text: &str,
    plays: &[&str],
    lifecycle: Lifecycle,
) -> (Played, Vec<Value>) {
    let written = Written::default();
    let options =
        RunnerOptions { lifecycle, trace: Some(Trace::new(written.clone())), ..options() };
    let played = play_file(path, text, plays, options);
    let bytes = written.0.lock().unwrap().clone();
    let lines = String::from_utf8(bytes).unwrap();
    (played, lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

/// The bodies that went to `process`, as text.
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
fn requests_are_the_fields_to_the_letter() {
    let (played, trace) = traced(TWO, &["plain"], Lifecycle::Harmony);
    assert!(played.passed());
    assert_eq!(played.scenarios[0].0, "s [reader=plain, writer=plain]");
    let sent = sent_to(&trace, "writer");
    let host = std::process::id() % (1 << 22);
    assert_eq!(sent[0], r#"{"jsonrpc":"2.0","id":2,"method":"health","params":[]}"#);
    let initialize: Value = serde_json::from_str(&sent[1]).unwrap();
    let told = &initialize["params"][0];
    let told_host = told["HostPid"].as_u64().unwrap();
    assert_eq!(told_host % (1 << 22), u64::from(host));
    assert_eq!(
        sent[1],
        format!(
            r#"{{"jsonrpc":"2.0","id":3,"method":"initialize","params":[{{"Role":"writer","Platform":"plain","Scenario":"test","HostPid":{told_host},"FeatureId":91,"TestRunId":"{told_host}_91"}}]}}"#
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

#[test]
fn the_measured_traffic_of_the_field_is_sent_again() {
    let shared = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared");
    let path = format!("{shared}/reference-features/01-BasicCommunication.feature");
    let vectors = format!("{shared}/vectors/harmony-traffic-1.1.jsonl");
    let (Ok(feature), Ok(vectors)) =
        (std::fs::read_to_string(&path), std::fs::read_to_string(&vectors))
    else {
        writeln!(io::stderr(), "skipped: there is no {shared}").unwrap();
        return;
    };
    let (_, trace) = traced_file(&path, &feature, &["plain"], Lifecycle::Harmony);
    let of_first = |line: &Value| line["scenario"].as_str().unwrap().starts_with("Test 1.1 ");
    let ours: Vec<Value> = trace.into_iter().filter(of_first).collect();
    let measured: Vec<Value> =
        vectors.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let normal = |text: String, line: &Value| {
        let pid = line["body"]["params"][0]["HostPid"].to_string();
        let platform = line["platform"].as_str().unwrap();
        text.replace(&pid, "0").replace(&format!("\"{platform}\""), "\"p\"")
    };
    for process in ["reader", "writer"] {
        let sent = |lines: &[Value]| -> Vec<String> {
            let to = |line: &&Value| line["dir"] == "->" && line["process"] == process;
            lines.iter().filter(to).map(|line| normal(line["body"].to_string(), line)).collect()
        };
        assert_eq!(sent(&ours), sent(&measured), "{process}");
    }
}

#[test]
fn context_is_merged_and_passed_on_where_the_field_drops_it() {
    for (lifecycle, seen) in [(Lifecycle::Real, "xxxx"), (Lifecycle::Harmony, "")] {
        let (_, trace) = traced(TWO, &["plain"], lifecycle);
        let last = sent_to(&trace, "reader").pop().unwrap();
        let last: Value = serde_json::from_str(&last).unwrap();
        let context = &last["params"][0]["Context"];
        // One for the broadcast, one for each of the three steps before.
        assert_eq!(context["seen"].as_str().unwrap_or(""), seen);
    }
}

#[test]
fn what_a_step_shares_is_found_by_steps_of_other_processes() {
    let text = "\
Feature: f
  Scenario: s
    Given the 'a' process shares 'port' as '4711'
    And the 'b' process finds 'port' shared as '4711'
    When the 'b' process shares 'port' as '4712'
    Then the 'a' process finds 'port' shared as '4712'
    And the 'a' process finds 'other' shared as ''
";
    let played = play(text, &["serve"], options());
    assert!(played.passed(), "{:?}", played.scenarios);
    // Across a serve of the field, which gives back what it gets.
    let text = "\
Feature: f
  Scenario: s
    Given the 'a' process shares 'port' as '4711'
    And the 'b' process goes
    Then the 'a' process finds 'port' shared as '4711'
";
    let played = play_combination(text, "a=serve,b=plain");
    assert!(played.passed(), "{:?}", played.scenarios);
}

#[test]
fn an_echo_does_not_undo_what_another_process_shared_in_the_same_step() {
    // `z` is heard after `a` and gives back what it got.
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
        let played = play_combination(text, combination);
        assert!(played.passed(), "{combination}: {:?}", played.scenarios);
    }
}

#[test]
fn reports_are_told_what_each_process_made_of_a_step() {
    let text = "\
Feature: f
  Scenario: s
    Given nothing happens
    And the 'a' process counts
    When wait for '0' seconds
    Then the 'b' process has counted 3
";
    let played = play(text, &["serve"], options());
    let parts = |step: usize| -> Vec<(&str, &str)> {
        let parts = &played.scenarios[0].1[step].parts;
        parts.iter().map(|part| (&*part.process, part.outcome.word())).collect()
    };
    assert_eq!(parts(0), [("a (serve)", "passed"), ("b (serve)", "passed")]);
    assert_eq!(parts(1), [("a (serve)", "passed")]);
    assert_eq!(parts(2), []);
    assert_eq!(parts(3), [("b (serve)", "failed")]);
    let counted = &played.scenarios[0].1[1];
    assert!(counted.parts[0].logs[0].message.starts_with("pid "), "{counted:?}");
    assert!(counted.parts[0].started >= counted.started);
    assert!(counted.parts[0].duration <= counted.duration);
    // Those of scenarios side by side are told apart.
    let text = "Feature: f\nScenario: 1\nGiven the 'a' process counts\nThen wait for '1' seconds\n\
                Scenario: 2\nGiven the 'a' process counts\nThen wait for '1' seconds\n";
    let played = play(text, &["serve"], options());
    let mut names: Vec<&str> =
        played.scenarios.iter().map(|(_, steps)| &*steps[0].parts[0].process).collect();
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
fn tables_and_doc_strings_reach_a_serve_that_takes_them() {
    let played = play(TABLE, &["serve"], options());
    assert!(played.passed(), "{:?}", played.scenarios);
    assert_eq!(played.logs(0, 0), [r#"[default (serve)] [["a", "b"], ["1", "2"]]"#]);
    assert_eq!(played.logs(0, 1), [r#"[default (serve)] Some("json") "x""#]);
}

#[test]
fn a_step_with_a_table_and_a_doc_string_is_refused() {
    let text = "Feature: f\nScenario: s\nGiven rows\n|a|\n```\nx\n```\n";
    let played = play(text, &["serve"], options());
    assert!(played.failure(0, 0).contains("a table and a doc string"));
}

#[test]
fn tables_are_not_sent_to_a_serve_that_does_not_announce_them() {
    let (played, trace) = traced(TABLE, &["plain"], Lifecycle::Real);
    assert!(played.passed());
    assert!(sent_to(&trace, "default").iter().all(|body| !body.contains("DataTable")));
    let told = played.logs(0, 0).pop().unwrap();
    assert_eq!(told, "[default (plain)] cannot take the data table of this step: it was not sent");
}

fn pid_in(log: &str) -> &str {
    log.rsplit_once("pid ").unwrap().1
}

#[test]
fn killed_new_and_second_mean_what_they_say() {
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
    let played = play(text, &["serve"], options());
    let outcomes = played.outcomes(0);
    let last = outcomes.len() - 1;
    assert!(outcomes[..last].iter().all(|outcome| outcome.is_passed()), "{:?}", played.scenarios);
    let reason = played.failure(0, last);
    assert!(
        reason.starts_with("the 'reader' process is gone (signal SIGABRT): it was made to crash at 91-Runner.feature:13:5"),
        "{reason}"
    );
    let pids: Vec<&str> = [0, 1, 3, 5, 6].map(|step| pid_in(played.logs(0, step)[0])).into();
    assert_ne!(pids[0], pids[2], "a new process");
    assert_eq!(pids[3], pids[4], "the second process stays the second");
    assert_ne!(pids[1], pids[3]);
}

#[test]
fn by_the_fields_rules_killed_is_stopped_and_nothing_is_new() {
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
    let options = RunnerOptions { lifecycle: Lifecycle::Harmony, ..options() };
    let played = play(text, &["serve"], options);
    let outcomes = played.outcomes(0);
    assert!(outcomes[..5].iter().all(|outcome| outcome.is_passed()), "{outcomes:?}");
    assert!(played.failure(0, 5).contains("disposed object"), "{outcomes:?}");
}

#[test]
fn a_serve_that_cannot_crash_is_killed_and_one_that_ends_by_itself_is_told() {
    let text = "\
Feature: f
  Scenario: s
    Given the 'reader' process starts
    When the 'reader' process crashes
    Then the 'reader' process is there
";
    let played = play(text, &["refuses@crash"], options());
    assert!(played.outcomes(0)[1].is_passed());
    assert!(played.failure(0, 2).contains("is gone (signal SIGKILL): it was made to crash"));
    let text = "Feature: f\nScenario: s\nGiven the 'a' process goes\nThen wait for '1' seconds";
    let played = play(text, &["goes-after@executeStep"], options());
    assert!(played.passed(), "{:?}", played.scenarios);
    // With the first step, if its end was quicker than our look; once in any case.
    let told = [played.logs(0, 0), played.logs(0, 1)].concat();
    let ends = told.iter().filter(|log| log.ends_with("ended by itself: exit code 7"));
    assert_eq!(ends.count(), 1, "{told:?}");
}

#[test]
fn by_the_fields_rules_a_crash_passes_when_it_is_answered() {
    let text = "\
Feature: f
  Scenario: s
    Given the 'reader' process counts
    When the 'reader' process crashes
    Then the 'reader' process counts
";
    let played =
        play(text, &["serve"], RunnerOptions { lifecycle: Lifecycle::Harmony, ..options() });
    assert!(played.outcomes(0)[1].is_passed());
    assert!(played.failure(0, 2).contains("died: signal SIGABRT"), "{}", played.failure(0, 2));
}

#[test]
fn undefined_failed_and_late_steps_keep_their_outcome_across_processes() {
    let text = |step: &str| format!("Feature: f\nScenario: s\nGiven {step}\nThen nothing happens");
    let outcome = |step| {
        let played = play(&text(step), &["serve"], options());
        let outcomes: Vec<Outcome> = played.outcomes(0).into_iter().cloned().collect();
        assert_eq!(outcomes[1], Outcome::Skipped { reason: None });
        outcomes.into_iter().next().unwrap()
    };
    assert!(matches!(outcome("it flies"), Outcome::Undefined { .. }));
    assert_eq!(
        outcome("it blocks for ever"),
        Outcome::TimedOut { limit: Duration::from_millis(200) }
    );
    let Outcome::Failed(failure) = outcome("it panics") else { panic!() };
    assert_eq!(failure.message, "the reason of the panic");
    assert!(failure.place.is_some());
}

#[test]
fn a_failure_comes_with_the_last_exchanges_side_by_side() {
    let text =
        "Feature: f\nScenario: s\nGiven the 'a' process counts\nWhen the 'b' process has counted 7";
    let played = play(text, &["serve"], options());
    let told = *played.logs(0, 1).last().unwrap();
    assert!(told.starts_with("the last exchanges:\n    a (serve)"), "{told}");
    assert!(told.contains("-> 4 executeStep the 'a' process counts"), "{told}");
    assert!(told.contains("success: false"), "{told}");
}

#[test]
fn combinations_run_side_by_side_with_names_of_their_own() {
    let text = "\
Feature: f
  Scenario: s
    Given the 'reader' process makes a file in shared memory
    And the 'writer' process makes a file in shared memory
";
    let played = play(text, &["serve", "plain"], options());
    let names: Vec<&str> = played.scenarios.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "s [reader=serve, writer=serve]",
            "s [reader=serve, writer=plain]",
            "s [reader=plain, writer=serve]",
            "s [reader=plain, writer=plain]",
        ]
    );
    assert!(played.passed(), "{:?}", played.scenarios);
    let made: Vec<&str> = [played.logs(0, 0)[0], played.logs(0, 1)[0], played.logs(1, 0)[0]]
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
fn a_run_that_is_stopped_ends_at_once_and_leaves_nothing() {
    let text =
        "Feature: f\nScenario: s\nGiven the 'a' process counts\nWhen wait for '3600' seconds";
    let started = Arc::new(Mutex::new(None));
    let since = Arc::clone(&started);
    let options = RunnerOptions {
        // Asked for the first time when something is awaited.
        stopped: Arc::new(move || {
            let since = *since.lock().unwrap().get_or_insert_with(Instant::now);
            since.elapsed() > Duration::from_millis(500)
        }),
        ..options()
    };
    let played = play(text, &["stubborn"], options);
    assert_eq!(played.outcomes(0)[1], &Outcome::skip("the run was stopped"));
    assert!(started.lock().unwrap().is_some());
}
