//! What a run looks like: pretty, progress, failures.

use std::fs::File;
use std::io::Read;
use std::process::Command;

use nix::pty::openpty;

use super::suite::Suite;

/// What a command writes on a terminal.
fn on_a_terminal(mut command: Command) -> String {
    let terminal = openpty(None, None).unwrap();
    let mut child = command.stdout(terminal.slave).spawn().unwrap();
    // It holds the other end of the terminal, which must be gone for this one to end.
    drop(command);
    let mut text = Vec::new();
    let mut master = File::from(terminal.master);
    let mut chunk = [0; 4096];
    // The end of a terminal is an error.
    while let Ok(read) = master.read(&mut chunk) {
        text.extend_from_slice(&chunk[..read]);
    }
    child.wait().unwrap();
    String::from_utf8(text).unwrap()
}

/// The text of one failure, from its heading to the blank line behind it.
fn failure<'o>(out: &'o str, heading: &str) -> &'o str {
    let at = out.find(heading).unwrap_or_else(|| panic!("{heading:?} is missing in:\n{out}"));
    out[at..].split("\n\n").next().unwrap()
}

#[test]
fn a_misfit_points_at_the_capture() {
    let suite = Suite::new("Feature: f\n  Scenario: s\n    When it takes 300 of 256\n");
    let ran = suite.run(&["run"]);
    let text = failure(&ran.out, "error: ");
    assert!(text.starts_with("error: capture 1 \"300\" does not fit: "), "{text}");
    assert!(text.contains("\n --> features/a.feature:3:5\n"), "{text}");
    assert!(
        text.contains("\n3 |     When it takes 300 of 256\n  |                   ^^^\n"),
        "{text}"
    );
    assert!(
        text.contains("steps.rs:") && text.contains("(takes), \"it takes {int} of 256\""),
        "{text}"
    );
    assert!(text.contains("captured: \"300\""), "{text}");
    assert!(
        text.contains("run features/a.feature:3") || text.contains("run features/a.feature:2"),
        "{text}"
    );
}

#[test]
fn a_panic_tells_its_place_and_what_was_printed_and_logged() {
    let suite = Suite::new(
        "Feature: f\n  Scenario: s\n    When it prints 'hello' and logs 'careful'\n    And the roof burns\n",
    );
    let ran = suite.run(&["run", "-v"]);
    ran.assert(1, &["warn careful", "| hello\n", "| err hello\n"]);
    let text = failure(&ran.out, "error: the roof is on fire");
    assert!(text.contains("panicked at") && text.contains("tests/runner/steps.rs:"), "{text}");
    assert!(text.contains("\n4 |     And the roof burns\n  |     ^^^^^^^^^^^^^^^^^^\n"), "{text}");
    let quiet = suite.run(&["run", "-q"]);
    assert!(!quiet.out.contains("hello"), "what a passed step printed is not shown: {}", quiet.out);
    assert!(quiet.out.starts_with("\nerror: the roof"), "{}", quiet.out);
    let through = suite.run(&["run", "-q", "--no-capture"]);
    assert!(through.out.contains("hello\n") && through.err.contains("err hello\n"), "{through:?}");
}

#[test]
fn a_row_shows_its_values_below_the_placeholders() {
    let suite = Suite::new(
        "Feature: f\n  Scenario Outline: s\n    When it fails with '<why>'\n    Examples:\n      | why  |\n      | rain |\n",
    );
    let ran = suite.run(&["run"]);
    let text = failure(&ran.out, "error: rain");
    assert!(text.contains("3 |     When it fails with '<why>'"), "{text}");
    assert!(text.contains("= step: When it fails with 'rain'"), "{text}");
    assert!(text.contains("run features/a.feature:6"), "{text}");
}

#[test]
fn failures_stand_last_and_scenarios_in_order_whatever_ends_first() {
    let suite = Suite::new(
        "Feature: f\n  Scenario: slow\n    When it notes \"x\" in \"notes\" for 150 ms\n    And it fails with 'first'\n  Scenario: quick\n    When it fails with 'second'\n",
    );
    let ran = suite.run(&["run", "-j", "2"]);
    assert_eq!(ran.scenarios(), ["slow", "quick"]);
    let places: Vec<_> = ["✗ quick", "error: first", "error: second", "2 scenarios"]
        .iter()
        .map(|part| ran.out.find(part).unwrap())
        .collect();
    assert!(places.is_sorted(), "{}", ran.out);
}

#[test]
fn colours_are_for_terminals_unless_asked_for() {
    let suite = Suite::new("Feature: f\n  Scenario: s\n    Given all is well\n");
    assert!(!suite.run(&["run"]).out.contains('\x1b'));
    assert!(suite.run(&["run", "--color", "always"]).out.contains("\x1b[32m✓\x1b[0m"));
}

#[test]
fn progress_is_a_mark_for_each_scenario_where_there_is_no_terminal() {
    let suite = Suite::new(
        "Feature: f\n  Scenario: a\n    Given all is well\n  Scenario: b\n    When it fails with 'x'\n  Scenario: c\n    When it is skipped\n  Scenario: d\n    When 'p' fails 1 time\n",
    );
    let ran = suite.run(&["run", "--format", "progress", "-j", "1", "--retry", "1"]);
    ran.assert(1, &["error: x", "4 scenarios (1 passed, 1 failed, 1 flaky, 1 skipped)"]);
    assert_eq!(ran.out.lines().next(), Some(".F-~"), "{}", ran.out);
}

#[test]
fn stats_tell_the_time_of_each_definition() {
    let suite = Suite::new(
        "Feature: f\n  Scenario: a\n    When it notes \"x\" in \"notes\" for 20 ms\n    Given all is well\n  Scenario: b\n    Given all is well\n    And all is well\n",
    );
    let ran = suite.run(&["run", "-q", "--stats"]);
    ran.assert(
        0,
        &[
            "     count     total       min      mean    median       p95       max  definition\n",
            "Slowest calls:\n",
        ],
    );
    let line = |part: &str| {
        ran.out
            .lines()
            .find(|line| line.ends_with(part))
            .unwrap_or_else(|| panic!("{part} in {}", ran.out))
    };
    assert!(line("\"all is well\"").trim_start().starts_with("3 "), "{}", ran.out);
    let slowest = ran.out.split("Slowest calls:\n").nth(1).unwrap().lines().next().unwrap();
    assert!(
        slowest.ends_with("features/a.feature:3:5 When it notes \"x\" in \"notes\" for 20 ms"),
        "{slowest}"
    );
}

const LONG: &str = "Feature: f\n  Scenario: first of all\n    When it fails with 'rain'\n  Scenario: the long one\n    When it notes \"x\" in \"notes\" for 400 ms\n";

#[test]
fn progress_is_one_live_line_on_a_terminal() {
    let suite = Suite::new(LONG);
    let text = on_a_terminal(suite.command(&["run", "--format", "progress", "-j", "1"]));
    let drawn: Vec<_> = text.split("\r\x1b[K").collect();
    let live = drawn.iter().find(|line| line.contains("running: the long one"));
    let live = live.unwrap_or_else(|| panic!("{text:?}"));
    assert!(live.contains("1/2  0 passed, 1 failed  "), "counts: {live:?}");
    assert!(live.contains(" ms  running: "), "elapsed time: {live:?}");
    // The line is gone before the failures are told.
    let end = drawn.last().unwrap();
    assert!(end.contains("error\x1b[0m") && !end.contains("running: "), "{text:?}");
}

#[test]
fn colours_are_on_a_terminal_unless_no_color_says_otherwise() {
    let suite = Suite::new(LONG);
    let coloured = on_a_terminal(suite.command(&["run"]));
    assert!(coloured.contains("\x1b[1;31merror\x1b[0m"), "{coloured:?}");
    let mut command = suite.command(&["run"]);
    command.env("NO_COLOR", "1");
    let plain = on_a_terminal(command);
    assert!(plain.contains("error: rain") && !plain.contains('\x1b'), "{plain:?}");
    let mut command = suite.command(&["run"]);
    command.env("NO_COLOR", "");
    assert!(on_a_terminal(command).contains('\x1b'), "an empty one says nothing");
}

#[test]
fn the_command_that_reruns_a_scenario_can_be_pasted() {
    let suite = Suite::new("Feature: f\n  Scenario: a\n    Given all is well\n");
    suite.write(
        "features/it's odd.feature",
        "Feature: g\n  Scenario: b\n    When it fails with 'x'\n",
    );
    let ran = suite.run(&["run"]);
    ran.assert(1, &[r"run 'features/it'\''s odd.feature:2'"]);
}
