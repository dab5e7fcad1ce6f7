//! The runner against serve processes that misbehave: a clear verdict in a bounded time, and
//! nobody left behind.

use std::time::{Duration, Instant};

use harmony_bdd::harmony::routing::Lifecycle;
use harmony_bdd::harmony::runner::RunnerOptions;
use harmony_bdd::model::Outcome;

use super::runner::{options, platform, play, play_platforms};

const TEXT: &str = "\
Feature: f
  Scenario: s
    Given the 'bad' process does something
    And rows
      | a |
    When the 'bad' process is shutdown
";

/// Short enough to wait for, long enough for an answer on a machine under load.
const SHORT: Duration = Duration::from_secs(2);

/// Impatient only where a deadline is what ends the fault: a loaded machine is no fault.
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

/// Processes that carry the mark of this test process's runs.
fn left_behind() -> Vec<String> {
    let mark = format!("HARMONY_BDD_PLAY={}-", std::process::id());
    let mut left = Vec::new();
    for process in std::fs::read_dir("/proc").unwrap().flatten() {
        let environment = std::fs::read(process.path().join("environ")).unwrap_or_default();
        if environment.split(|&byte| byte == 0).any(|entry| entry.starts_with(mark.as_bytes())) {
            let command = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
            left.push(format!("{:?} {}", process.file_name(), String::from_utf8_lossy(&command)));
        }
    }
    left
}

/// Plays with one bad process; gives the failing step and the reason.
fn verdict(bad: &str) -> Option<(usize, String)> {
    let played = play(TEXT, &[bad], options_for(bad));
    let steps = &played.scenarios[0].1;
    assert_eq!(steps.len(), 3, "{bad}: every step is told");
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
fn a_process_that_dies_is_told_with_its_exit_and_its_last_words() {
    let dead =
        ["the 'bad' process (dies@", "died: exit code 3", "\n    first words\n    last words"];
    fails("dies@health", 0, &dead);
    fails("dies@initialize", 0, &dead);
    fails("dies@executeStep", 0, &dead);
    fails("dies@shutdown", 2, &dead);
    fails("aborts@executeStep", 0, &["died: signal SIGABRT", "its stderr is empty"]);
    // Asked only what it takes beside the contract: a step more is not worth a life.
    fails("dies@discover", 1, &["died: exit code 3"]);
    // Asked to crash it has done as it was told.
    let text =
        "Feature: f\nScenario: s\nGiven the 'bad' process goes\nWhen the 'bad' process crashes";
    for bad in ["dies@crash", "aborts@crash", "mute@crash", "garbles@crash"] {
        assert!(play(text, &[bad], options_for("plain")).passed(), "{bad}");
    }
}

#[test]
fn a_process_that_gives_no_answer_is_told_at_the_deadline() {
    let silent = ["gave no answer in 2000 ms"];
    fails("mute@health", 0, &silent);
    fails("mute@initialize", 0, &silent);
    fails("mute@executeStep", 0, &silent);
    fails("hangs@executeStep", 0, &silent);
    fails("mute@shutdown", 2, &silent);
    fails("closes@executeStep", 0, &["closed its standard output and lives on"]);
    assert_eq!(verdict("mute@discover"), None, "without an answer it takes no table, and plays");
}

#[test]
fn a_platforms_own_deadlines_come_before_those_of_the_run() {
    let short = Duration::from_millis(321);
    for (bad, step) in [("mute@health", false), ("mute@executeStep", true)] {
        let mut platform = platform(bad);
        platform.step_timeout = step.then_some(short);
        platform.start_timeout = (!step).then_some(short);
        let played = play_platforms(TEXT, vec![platform], options());
        let reason = played.failure(0, 0);
        assert!(reason.contains("gave no answer in 321 ms"), "{bad}: {reason}");
    }
}

#[test]
fn a_step_has_the_time_its_definition_asks_for_where_the_serve_tells_it() {
    let text = |step: &str| format!("Feature: f\nScenario: s\nWhen {step} 700 ms");
    let hasty = || RunnerOptions { step_timeout: Duration::from_millis(100), ..options() };
    let played = play(&text("it may take its time and takes"), &["serve"], hasty());
    assert!(played.passed(), "{:?}", played.scenarios);
    // The two ends agree on nothing longer for this one.
    let reason = play(&text("it takes"), &["serve"], hasty()).failure(0, 0);
    assert!(reason.contains("gave no answer in 100 ms"), "{reason}");
    // Done while it was asked how long it may take.
    let played = play(&text("it takes"), &["tardy@executeStep"], hasty());
    assert!(played.passed(), "{:?}", played.scenarios);
}

#[test]
fn a_process_that_talks_nonsense_is_told_with_what_it_said() {
    fails("garbles@executeStep", 0, &["no reply", "this is no JSON"]);
    fails("prints@executeStep", 0, &["no reply", "a line that is no frame"]);
    fails("answers-nonsense@executeStep", 0, &["must be an object, not [1,2]"]);
    fails("answers-nonsense@health", 0, &["is not healthy: it answered [1,2]"]);
    fails("refuses@executeStep", 0, &["answered with an error: the reason of the refusal"]);
    fails("refuses@initialize", 0, &["Failed to initialize servo process 'bad': the reason"]);
}

#[test]
fn what_can_be_lived_with_is_lived_with() {
    for bad in [
        "plain",
        "answers-twice@health",
        "answers-twice@executeStep",
        "answers-another@executeStep",
        "floods-stderr@executeStep",
        "floods-stderr@health",
        "stubborn",
    ] {
        // The stubborn one answers a shutdown and does not go.
        let wanted = (bad == "stubborn").then_some(2);
        assert_eq!(verdict(bad).map(|(at, _)| at), wanted, "{bad}");
    }
}

#[test]
fn a_flood_of_replies_to_nothing_ends_at_the_deadline() {
    fails("floods-stdout@executeStep", 0, &["gave no answer in 2000 ms"]);
}

#[test]
fn the_fields_rules_end_the_same_faults() {
    for bad in ["dies@health", "mute@initialize", "hangs@executeStep", "garbles@executeStep"] {
        let options = RunnerOptions { lifecycle: Lifecycle::Harmony, ..options_for(bad) };
        let played = play(TEXT, &[bad], options);
        assert!(!played.outcomes(0)[0].is_passed(), "{bad}");
    }
}

#[test]
fn children_of_children_end_with_their_scenario() {
    for bad in ["leaves-a-child@executeStep", "leaves-a-far-child@executeStep"] {
        fails(bad, 0, &["died: exit code 0"]);
    }
    // Other tests have processes of their own; whatever is there now must go with them.
    let until = Instant::now() + super::child::PATIENCE;
    let sleeping = || left_behind().into_iter().filter(|l| l.contains("sleep")).collect::<Vec<_>>();
    while !sleeping().is_empty() {
        assert!(Instant::now() < until, "left behind: {:?}", sleeping());
        std::thread::sleep(Duration::from_millis(10));
    }
}
