//! The runner against serve processes that misbehave: a clear verdict in a bounded time, and no process
//! left.

use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use harmony_bdd::harmony::routing::Mode;
use harmony_bdd::harmony::runner::RunnerOptions;
use harmony_bdd::model::Outcome;

use super::runner::{OnMessage, options, platform, run_platforms, run_text};

const TEXT: &str = "\
Feature: f
  Scenario: s
    Given the 'bad' process does something
    And rows
      | a |
    When the 'bad' process is shutdown
";

/// Short enough to wait for, long enough for a response on a machine under load.
const SHORT: Duration = Duration::from_secs(2);

/// Returns options with a short limit only for faults that a deadline ends: a loaded machine is not a
/// fault.
fn options_for(bad: &str) -> RunnerOptions {
    let mut options = options();
    match bad {
        "mute@health" | "mute@initialize" => options.start_timeout = SHORT,
        // Healthy first, and then silent for as long.
        "mute@discover" => options.start_timeout = SHORT * 3,
        _ if bad.starts_with("mute") || bad.starts_with("floods-stdout") => {
            options.step_timeout = SHORT;
        }
        "hangs@executeStep" => {
            options.step_timeout = SHORT;
            options.stop_timeout = Duration::from_millis(200);
        }
        "stubborn" | "closes@executeStep" => options.stop_timeout = Duration::from_millis(200),
        _ => options.stop_timeout = super::child::PATIENCE,
    }
    options
}

/// Returns the processes that this test process's runs have tagged.
fn left_behind() -> Vec<String> {
    let tag = format!("HARMONY_BDD_SCENARIO_ID={}-", std::process::id());
    let mut left = Vec::new();
    for process in std::fs::read_dir("/proc").unwrap().flatten() {
        let environment = std::fs::read(process.path().join("environ")).unwrap_or_default();
        if environment.split(|&byte| byte == 0).any(|entry| entry.starts_with(tag.as_bytes())) {
            let command = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
            left.push(format!("{:?} {}", process.file_name(), String::from_utf8_lossy(&command)));
        }
    }
    left
}

/// Runs with one bad process; returns the failing step and the reason.
fn verdict(bad: &str) -> Option<(usize, String)> {
    let results = run_text(TEXT, &[bad], options_for(bad));
    let steps = &results.scenarios[0].1;
    assert_eq!(steps.len(), 3, "{bad}: every step is reported");
    let at = steps.iter().position(|step| !step.outcome.is_passed())?;
    let Outcome::Failed(failure) = &steps[at].outcome else {
        panic!("{bad}: {:?}", steps[at].outcome)
    };
    Some((at, failure.to_string()))
}

#[track_caller]
fn fails(bad: &str, step: usize, parts: &[&str]) {
    let (at, reason) = verdict(bad).unwrap_or_else(|| panic!("{bad} passes"));
    assert_eq!(at, step, "{bad}: {reason}");
    for part in parts {
        assert!(reason.contains(part), "{bad}: {part:?} is not in: {reason}");
    }
}

#[test]
fn dead_process_is_reported_with_exit_status() {
    let dead =
        ["the 'bad' process (dies@", "died: exit code 3", "\n    first words\n    last words"];
    fails("dies@health", 0, &dead);
    fails("dies@initialize", 0, &dead);
    fails("dies@executeStep", 0, &dead);
    fails("dies@shutdown", 2, &dead);
    fails("aborts@executeStep", 0, &["died: signal SIGABRT", "stderr was empty"]);
    // It is asked for its capabilities only for a table.
    fails("dies@discover", 1, &["died: exit code 3"]);
    // A process that dies when it is asked to crash has done so.
    let text =
        "Feature: f\nScenario: s\nGiven the 'bad' process goes\nWhen the 'bad' process crashes";
    for bad in ["dies@crash", "aborts@crash", "mute@crash", "garbles@crash"] {
        assert!(run_text(text, &[bad], options_for("plain")).passed(), "{bad}");
    }
}

#[test]
fn a_process_that_does_not_respond_is_reported_at_the_deadline() {
    let silent = ["did not respond within 2000 ms"];
    fails("mute@health", 0, &silent);
    fails("mute@initialize", 0, &silent);
    fails("mute@executeStep", 0, &silent);
    fails("hangs@executeStep", 0, &silent);
    fails("mute@shutdown", 2, &silent);
    fails("closes@executeStep", 0, &["closed stdout but is still running"]);
    assert_eq!(verdict("mute@discover"), None, "without a response it gets no table, and passes");
}

#[test]
fn the_deadlines_of_a_platform_override_those_of_the_run() {
    let short = Duration::from_millis(321);
    for (bad, step) in [("mute@health", false), ("mute@executeStep", true)] {
        let mut platform = platform(bad);
        platform.step_timeout = step.then_some(short);
        platform.start_timeout = (!step).then_some(short);
        let results = run_platforms(TEXT, vec![platform], options());
        let reason = results.failure(0, 0);
        assert!(reason.contains("did not respond within 321 ms"), "{bad}: {reason}");
    }
}

#[test]
fn a_step_has_the_time_limit_of_its_definition_if_the_serve_announces_it() {
    let text = |step: &str| format!("Feature: f\nScenario: s\nWhen {step} 700 ms");
    let hasty = || RunnerOptions { step_timeout: Duration::from_millis(100), ..options() };
    let results = run_text(&text("it may take its time and takes"), &["serve"], hasty());
    assert!(results.passed(), "{:?}", results.scenarios);
    // This one has no longer limit.
    let reason = run_text(&text("it takes"), &["serve"], hasty()).failure(0, 0);
    assert!(reason.contains("did not respond within 100 ms"), "{reason}");
    // It ends while the serve is asked for its time limit.
    let results = run_text(&text("it takes"), &["tardy@executeStep"], hasty());
    assert!(results.passed(), "{:?}", results.scenarios);
}

#[test]
fn invalid_output_is_reported() {
    fails("garbles@executeStep", 0, &["invalid response", "this is not JSON"]);
    fails("prints@executeStep", 0, &["invalid response", "a line that is not a frame"]);
    fails("answers-nonsense@executeStep", 0, &["must be an object, not [1,2]"]);
    fails("answers-nonsense@health", 0, &["health check failed", "responded [1,2]"]);
    fails("refuses@executeStep", 0, &["responded with an error: the reason of the refusal"]);
    fails("refuses@initialize", 0, &["Failed to initialize servo process 'bad': the reason"]);
}

#[test]
fn noise_and_delay_are_tolerated() {
    for bad in ["plain", "floods-stderr@executeStep", "floods-stderr@health", "stubborn"] {
        // The stubborn one answers a shutdown and does not exit.
        let failing = (bad == "stubborn").then_some(2);
        assert_eq!(verdict(bad).map(|(at, _)| at), failing, "{bad}");
    }
}

#[test]
fn a_response_to_no_request_is_an_error() {
    fails("answers-another@executeStep", 0, &["no request is open with `id` 999"]);
    fails("floods-stdout@executeStep", 0, &["no request is open with `id` 999"]);
    // The second one is read by the next request.
    fails("answers-twice@health", 0, &["no request is open with `id` 2"]);
    fails("answers-twice@executeStep", 1, &["no request is open with `id` 4"]);
}

#[test]
fn a_lenient_run_ignores_responses_to_no_request() {
    for bad in ["answers-another@executeStep", "answers-twice@health", "answers-twice@executeStep"]
    {
        let results = run_text(TEXT, &[bad], RunnerOptions { lenient: true, ..options_for(bad) });
        assert!(results.passed(), "{bad}: {:?}", results.scenarios);
        let logs: Vec<&str> = (0..3).flat_map(|step| results.logs(0, step)).collect();
        assert!(logs.iter().any(|log| log.contains("breaks a rule of the protocol")), "{logs:?}");
    }
}

#[test]
fn a_flood_of_responses_to_no_request_ends_at_the_deadline_of_a_lenient_run() {
    let bad = "floods-stdout@executeStep";
    let results = run_text(TEXT, &[bad], RunnerOptions { lenient: true, ..options_for(bad) });
    let reason = results.failure(0, 0);
    assert!(reason.contains("did not respond within 2000 ms"), "{reason}");
}

#[test]
fn compat_mode_ends_the_same_faults() {
    for bad in ["dies@health", "mute@initialize", "hangs@executeStep", "garbles@executeStep"] {
        let options = RunnerOptions { mode: Mode::Compat, ..options_for(bad) };
        let results = run_text(TEXT, &[bad], options);
        assert!(!results.outcomes(0)[0].is_passed(), "{bad}");
    }
}

#[test]
fn grandchildren_end_with_their_scenario() {
    for bad in ["leaves-a-child@executeStep", "leaves-a-far-child@executeStep"] {
        fails(bad, 0, &["died: exit code 0"]);
    }
    // Other tests have processes too; those must end with them.
    let until = Instant::now() + super::child::PATIENCE;
    let sleeping = || left_behind().into_iter().filter(|l| l.contains("sleep")).collect::<Vec<_>>();
    while !sleeping().is_empty() {
        assert!(Instant::now() < until, "left behind: {:?}", sleeping());
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_broadcast_reports_a_process_that_could_not_be_started() {
    let mut unstartable = platform("plain");
    unstartable.executable = "/dev/null".into();
    let text =
        "Feature: f\nBackground:\nGiven all are ready\nScenario: s\nGiven the 'a' process goes";
    let reason = run_platforms(text, vec![unstartable], options()).failure(0, 0);
    assert!(reason.contains("cannot be started: /dev/null: Permission denied"), "{reason}");
}

#[test]
fn a_panic_of_the_runner_fails_the_scenario_alone() {
    let text = "Feature: f\nScenario: 1\nGiven the 'a' process goes\nThen wait for '0' seconds\n\
                Scenario: 2\nGiven the 'a' process goes";
    let mut has_panicked = false;
    let trace = OnMessage::trace(move |_| {
        if !std::mem::replace(&mut has_panicked, true) {
            panic!("a bug");
        }
    });
    let options = RunnerOptions { jobs: NonZeroUsize::MIN, trace: Some(trace), ..options() };
    let results = run_text(text, &["plain"], options);
    assert_eq!(results.failure(0, 0), "the runner panicked: a bug");
    assert_eq!(results.outcomes(0)[1], &Outcome::Skipped { reason: None });
    assert!(results.outcomes(1)[0].is_passed(), "{:?}", results.scenarios);
}
