//! `harmony --chaos`: faults that strike the processes of scenarios.

use super::processes::suite_of_peers;
use super::suite::{Ran, Suite};

/// Returns a suite whose reader needs its writer, and does this when the writer dies.
fn suite_of_dependent(tag: &str, reaction: &str) -> Suite {
    suite_of_peers(&format!(
        "Feature: f
  {tag}
  Scenario: s
    Given the 'writer' process introduces itself
    And the 'reader' process introduces itself
    When the 'writer' process writes
    Then the 'reader' process relies on 'writer' and {reaction}
"
    ))
}

fn run(suite: &Suite, seed: u64, schedules: u64, options: &[&str]) -> Ran {
    let (seed, schedules) = (seed.to_string(), schedules.to_string());
    let chaos = ["harmony", "-p", "a", "--chaos", &seed, "--schedules", &schedules];
    suite.run(&[&chaos[..], options].concat())
}

/// The seeds of these runs; among them are several that kill the writer while the reader needs it.
const SCHEDULES: u64 = 12;

const SURVIVES: &str = "@survives(kill,pause,delay)";

#[test]
fn a_process_that_hangs_after_the_death_of_its_peer_is_found() {
    // Even if the scenario allows its steps to fail.
    let suite = suite_of_dependent("@any", "hangs");
    let ran = run(&suite, 1, SCHEDULES, &["--step-timeout", "3"]);
    ran.assert(1, &["did not respond within 3000 ms", "kill 'writer'"]);
}

#[test]
fn a_process_that_crashes_after_the_death_of_its_peer_is_found() {
    let suite = suite_of_dependent("@any", "crashes");
    run(&suite, 1, SCHEDULES, &[]).assert(1, &["died: signal SIGSEGV"]);
}

#[test]
fn a_clear_error_is_accepted_unless_the_scenario_survives_the_fault() {
    let suite = suite_of_dependent("@any", "complains");
    let ran = run(&suite, 1, SCHEDULES, &[]);
    ran.assert(0, &["skipped: ended with an error after \"kill 'writer'", "writer has died"]);
    ran.assert(0, &[" ended with an error that @survives does not exclude"]);
    let suite = suite_of_dependent(SURVIVES, "complains");
    run(&suite, 1, SCHEDULES, &[]).assert(1, &["error: writer has died"]);
}

#[test]
fn a_scenario_that_survives_passes_without_the_steps_of_the_dead() {
    let suite = suite_of_dependent(SURVIVES, "survives");
    // The first step of the reader needs the introduction of the writer.
    let text = suite.read("features/a.feature").replace("relies on 'writer' and", "reads and");
    suite.write("features/a.feature", &text);
    let ran = run(&suite, 1, SCHEDULES, &["-v"]);
    ran.assert(0, &["12 scenarios (12 passed), 48 steps (48 passed)", "info fault: pause '"]);
    ran.assert(0, &["info not executed: the 'writer' process was killed by a fault"]);
    ran.assert(0, &["faults of seeds 1 to 12: ", " kills, ", " pauses, ", " delays"]);
}

#[test]
fn a_failing_seed_is_rerun_with_the_same_faults() {
    let suite = suite_of_dependent(SURVIVES, "complains");
    let ran = run(&suite, 1, SCHEDULES, &["--fail-fast", "-j", "1"]);
    let faults = |ran: &Ran| -> Vec<String> {
        let lines = ran.out.lines().skip_while(|line| !line.contains("error the faults of seed"));
        lines.take_while(|line| !line.contains("last messages")).map(str::to_owned).collect()
    };
    let rerun = ran.out.lines().find_map(|line| line.trim_start().strip_prefix("= rerun: "));
    let rerun: Vec<&str> = rerun.unwrap().split(' ').skip(1).collect();
    let seed = rerun.iter().position(|word| *word == "--chaos").unwrap() + 1;
    assert_eq!(rerun[seed + 1..seed + 3], ["--schedules", "1"], "{rerun:?}");
    let again = suite.run(&rerun);
    again.assert(1, &["1 scenario (1 failed)", &format!("seed {}", rerun[seed])]);
    assert!(!faults(&ran).is_empty(), "{ran:?}");
    assert_eq!(faults(&again), faults(&ran));
}

#[test]
fn invalid_use_is_refused() {
    let suite = suite_of_dependent("@survives(kil:writer)", "survives");
    run(&suite, 1, 1, &[]).refused(2, &["no fault is called \"kil\"", "features/a.feature:2:3"]);
    let refused = |arguments: &[&str], message: &str| {
        suite.run(&[&["harmony", "-p", "a"], arguments].concat()).refused(2, &[message]);
    };
    refused(&["--schedules", "3"], "--schedules requires --chaos");
    refused(&["--chaos", "1", "--mode", "compat"], "--chaos requires --mode strict");
    refused(&["--chaos", "1", "--matrix", "m"], "--chaos conflicts with --matrix");
    refused(&["--chaos", "x"], "an integer or `random`");
    let config = r#"{"platforms": {"far": {"executable": "python3", "arguments": ["serve.py"], "wrapper": ["env"]}}}"#;
    let far = suite_of_dependent("@any", "survives");
    far.write("harmony-config.json", config);
    let message = "--chaos: the 'writer' process runs behind a wrapper (platform far)";
    far.run(&["harmony", "-p", "far", "--chaos", "1"]).refused(2, &[message]);
    // Without faults the tag has no meaning.
    suite.run(&["harmony", "-p", "a"]).assert(0, &["1 scenario (1 passed)"]);
}
