//! Panics that are not, or not only, the outcome of their step.

use super::suite::Suite;

fn suite_of(step: &str) -> Suite {
    Suite::new(&format!("Feature: f\n  Scenario: s\n    When {step}\n"))
}

#[test]
fn panic_of_a_spawned_task_is_in_the_output_of_its_step() {
    let ran = suite_of("a spawned task panics").run(&["run", "--verbose"]);
    ran.assert(0, &["| thread 'scenario-tasks' ", "| the task is on fire"]);
}

#[test]
fn panic_of_a_spawned_task_is_printed_without_capture() {
    let ran = suite_of("a spawned task panics").run(&["run", "--no-capture"]);
    ran.refused(0, &["thread 'scenario-tasks' ", "the task is on fire"]);
}

#[test]
fn resumed_panic_has_the_location_of_its_thread() {
    let ran = suite_of("a caught panic precedes the panic of a thread").run(&["run"]);
    let line = include_str!("steps.rs").lines().position(|line| line.contains("the real cause"));
    let location = format!("panicked at: runtime/tests/runner/steps.rs:{}", line.unwrap() + 1);
    ran.assert(1, &["error: the real cause", &location, "steps.rs:"]);
}

#[test]
fn panic_that_a_step_catches_is_in_its_output() {
    let ran = suite_of("a caught panic precedes the panic of a thread").run(&["run"]);
    ran.assert(1, &["printed: thread 'scenario' panicked at ", ": expected"]);
}
