//! The terminal output of a run: pretty, progress, failures.

use std::fs::File;
use std::io::Read;
use std::process::Command;

use nix::pty::openpty;

use super::suite::Suite;

/// Returns the output of a command on a terminal.
fn on_a_terminal(mut command: Command) -> String {
    let terminal = openpty(None, None).unwrap();
    let mut child = command.stdout(terminal.slave).spawn().unwrap();
    // The command owns the other end of the terminal, which must be closed for reading to end.
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

/// Returns the text of one failure, from its heading to the blank line after it.
fn failure<'o>(out: &'o str, heading: &str) -> &'o str {
    let at = out.find(heading).unwrap_or_else(|| panic!("{heading:?} is missing in:\n{out}"));
    out[at..].split("\n\n").next().unwrap()
}

#[test]
fn conversion_error_points_at_the_capture() {
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
    assert!(text.contains("captured: number = \"300\""), "{text}");
    assert!(
        text.contains("run features/a.feature:3") || text.contains("run features/a.feature:2"),
        "{text}"
    );
}

#[test]
fn panic_shows_location_output_and_log() {
    let suite = Suite::new(
        "Feature: f\n  Scenario: s\n    When it prints 'hello' and logs 'careful'\n    And the roof burns\n",
    );
    let ran = suite.run(&["run", "-v"]);
    ran.assert(1, &["warn careful", "| hello\n", "| err hello\n"]);
    let text = failure(&ran.out, "error: the roof is on fire");
    assert!(text.contains("panicked at") && text.contains("tests/runner/steps.rs:"), "{text}");
    assert!(text.contains("\n4 |     And the roof burns\n  |     ^^^^^^^^^^^^^^^^^^\n"), "{text}");
    assert!(text.contains("\n3 |     When it prints 'hello'"), "the step before: {text}");
    let quiet = suite.run(&["run", "-q"]);
    assert!(
        !quiet.out.contains("| hello"),
        "what a passed step printed is not shown: {}",
        quiet.out
    );
    assert!(quiet.out.starts_with("Feature: f  features/a.feature\n"), "{}", quiet.out);
    let through = suite.run(&["run", "-q", "--no-capture"]);
    assert!(through.out.contains("hello\n") && through.err.contains("err hello\n"), "{through:?}");
}

#[test]
fn example_row_shows_its_values() {
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
fn results_are_in_the_order_of_their_ends() {
    let suite = Suite::new(
        "Feature: f\n  Scenario: slow\n    When it notes \"x\" in \"notes\" until \"go\" is there\n    And it fails with 'first'\n  Scenario: quick\n    When it fails with 'second'\n  Scenario: last\n    When it notes \"y\" in \"go\" for 0 ms\n",
    );
    let ran = suite.run(&["run", "-j", "2"]);
    let locations: Vec<_> = ["✗ quick", "error: second", "✗ slow", "error: first", "3 scenarios"]
        .iter()
        .map(|part| ran.out.find(part).unwrap_or_else(|| panic!("{part} in {}", ran.out)))
        .collect();
    assert!(locations.is_sorted(), "{}", ran.out);
}

#[test]
fn end_lists_what_did_not_pass_worst_first() {
    let suite = Suite::new(
        "Feature: f\n  Scenario: flaky\n    When 'p' fails 1 time\n  Scenario: unknown\n    Given nothing of the kind\n  Scenario: late\n    When nothing comes back for long\n  Scenario: wrong\n    When it fails with 'rain'\n  Scenario: fine\n    Given all is well\n",
    );
    let ran = suite.run(&["run", "--retry", "1"]);
    let end = ran.out.rsplit_once("\n\n  ✗ failed").unwrap().1;
    let parts = [
        "features/a.feature:8  wrong\n                rain\n",
        "✗ timed out   features/a.feature:6  late\n                When nothing comes back for long\n",
        "✗ undefined   features/a.feature:4  unknown\n",
        "~ flaky       features/a.feature:2  flaky\n                passed on attempt 2, ",
        "5 scenarios (1 passed, 3 failed, 1 flaky)",
        "\nrerun: ",
    ];
    let locations: Vec<_> = parts
        .iter()
        .map(|part| end.find(part).unwrap_or_else(|| panic!("{part:?} in {end}")))
        .collect();
    assert!(locations.is_sorted(), "{end}");
}

#[test]
fn table_of_the_step_is_shown() {
    let suite = Suite::new(
        "Feature: f\n  Scenario: s\n    Given nothing of the kind:\n      | name | 日本 |\n      | x | a\\|b |\n",
    );
    let ran = suite.run(&["run"]);
    let table = "  |       | name | 日本 |\n  |       | x    | a\\|b |\n";
    assert!(ran.out.contains(table), "{}", ran.out);
}

#[test]
fn differing_lines_of_two_values_are_marked() {
    let suite = Suite::new("Feature: f\n  Scenario: s\n    Then two frames are equal\n");
    let ran = suite.run(&["run"]);
    let difference = "error: assertion `left == right` failed: frames\n";
    assert!(ran.out.contains(difference), "{}", ran.out);
    let difference = "  = difference: - left 1, + right 1\n  |     Frame {\n  |   -     sequence: 2,\n  |   +     sequence: 1,\n  |         size: 1400,\n  |     }\n";
    assert!(ran.out.contains(difference), "{}", ran.out);
}

#[test]
fn pipe_has_no_colors_by_default() {
    let suite = Suite::new("Feature: f\n  Scenario: s\n    Given all is well\n");
    assert!(!suite.run(&["run"]).out.contains('\x1b'));
    assert!(suite.run(&["run", "--color", "always"]).out.contains("\x1b[32m✓\x1b[0m"));
}

#[test]
fn progress_in_a_pipe_is_a_mark_per_scenario() {
    let suite = Suite::new(
        "Feature: f\n  Scenario: a\n    Given all is well\n  Scenario: b\n    When it fails with 'x'\n  Scenario: c\n    When it is skipped\n  Scenario: d\n    When 'p' fails 1 time\n",
    );
    let ran = suite.run(&["run", "--format", "progress", "-j", "1", "--retry", "1"]);
    ran.assert(1, &["error: x", "4 scenarios (1 passed, 1 failed, 1 flaky, 1 skipped)"]);
    assert_eq!(ran.out.lines().next(), Some(".F-~"), "{}", ran.out);
}

#[test]
fn stats_show_time_per_definition() {
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

const LONG: &str = "Feature: f\n  Scenario: first of all\n    When it fails with 'rain'\n";

#[test]
fn no_color_disables_colors_on_a_terminal() {
    let suite = Suite::new(LONG);
    let colored = on_a_terminal(suite.command(&["run"]));
    assert!(colored.contains("\x1b[1;31merror\x1b[0m"), "{colored:?}");
    let mut command = suite.command(&["run"]);
    command.env("NO_COLOR", "1");
    let plain = on_a_terminal(command);
    assert!(plain.contains("error: rain") && !plain.contains('\x1b'), "{plain:?}");
    let mut command = suite.command(&["run"]);
    command.env("NO_COLOR", "");
    assert!(on_a_terminal(command).contains('\x1b'), "an empty variable has no effect");
}

#[test]
fn rerun_command_can_be_pasted() {
    let suite = Suite::new("Feature: f\n  Scenario: a\n    Given all is well\n");
    suite.write(
        "features/it's odd.feature",
        "Feature: g\n  Scenario: b\n    When it fails with 'x'\n",
    );
    let ran = suite.run(&["run"]);
    ran.assert(1, &[r"run 'features/it'\''s odd.feature:2'"]);
}

/// A step that prints and logs control sequences, and then fails.
const CONTROL: &str = "Feature: f\n  Scenario: \x1b[2Jname\n    When it prints '\x1b[31mred\x1b[2J' and logs '\x1b]0;title\x07logged'\n    When it fails with '\x1b[1mbold'\n";

#[test]
fn control_sequences_do_not_reach_a_pipe() {
    let suite = Suite::new(CONTROL);
    for arguments in [&["run", "-v"][..], &["run"], &["run", "--format", "progress"]] {
        let ran = suite.run(arguments);
        ran.assert(1, &["bold"]);
        assert!(!ran.out.contains('\x1b') && !ran.out.contains("[2J"), "{:?}", ran.out);
    }
    let ran = suite.test(&[]);
    assert!(!ran.out.contains('\x1b') && ran.out.contains("red"), "{:?}", ran.out);
}

#[test]
fn only_color_sequences_reach_a_terminal() {
    let ran = Suite::new(CONTROL).run(&["run", "-v", "--color", "always"]);
    assert!(ran.out.contains("\x1b[31mred"), "{:?}", ran.out);
    assert!(!ran.out.contains("\x1b[2J") && !ran.out.contains("title"), "{:?}", ran.out);
}

#[test]
fn control_sequences_do_not_reach_report_files() {
    let suite = Suite::new(CONTROL);
    suite.run(&["run", "--report", "junit=out.xml", "--report", "timeline=out.html"]);
    for file in ["out.xml", "out.html"] {
        let text = suite.read(file);
        assert!(text.contains("red") && !text.contains("31mred"), "{text}");
    }
}

#[test]
fn carets_have_the_width_of_wide_characters() {
    let ran = Suite::new("Feature: f\n  Scenario: s\n    Given 日本 x\n").run(&["run"]);
    let line = ran.out.lines().find(|line| line.contains('^')).unwrap();
    assert_eq!(line.trim_start(), "|     ^^^^^^^^^^^^", "{}", ran.out);
}

#[test]
fn color_variables_have_an_effect() {
    let suite = Suite::new("Feature: f\n  Scenario: s\n    Given all is well\n");
    for variable in ["FORCE_COLOR", "CLICOLOR_FORCE"] {
        let mut command = suite.command(&["run"]);
        let out = command.env_remove("NO_COLOR").env(variable, "1").output().unwrap().stdout;
        assert!(String::from_utf8(out).unwrap().contains("\x1b[32m"), "{variable}");
    }
    let mut command = suite.command(&["run"]);
    command.env_remove("NO_COLOR").env("TERM", "dumb");
    assert!(!on_a_terminal(command).contains('\x1b'));
    let mut command = suite.command(&["run", "--format", "progress"]);
    command.env_remove("NO_COLOR").env("TERM", "dumb");
    assert!(!on_a_terminal(command).contains('\x1b'));
}

#[test]
fn line_break_in_a_name_stays_in_its_line() {
    let suite = Suite::new(
        "Feature: f\n  Scenario Outline: takes <v>\n    Given all is well\n    Examples:\n      | v    |\n      | a\\nb |\n",
    );
    suite.run(&["run"]).assert(0, &["✓ takes a\\nb (example at line 6)"]);
    assert_eq!(suite.test(&["--list", "--format", "terse"]).out, "a::takes a\\nb::row 1: test\n");
    suite.test(&["--exact", "a::takes a\\nb::row 1"]).assert(0, &["1 passed"]);
}

#[test]
fn control_sequences_of_steps_are_removed() {
    let suite = Suite::new(
        "Feature: f\n  Scenario: s\n    When it prints '\u{1b}[31mred\u{1b}[0m' and logs '\u{1b}[1mbold'\n    When it fails with '\u{1b}]0;title\u{7}message'\n",
    );
    let ran = suite.run(&["run", "--verbose", "--report", "junit=j.xml"]);
    ran.assert(1, &["| red\n", "warn bold\n", "error: message\n"]);
    assert!(!ran.out.contains('\u{1b}'), "{}", ran.out);
    let xml = suite.read("j.xml");
    assert!(xml.contains("| red&#10;") && !xml.contains("[31m"), "{xml}");
    let colored = suite.run(&["run", "--verbose", "--color", "always"]);
    assert!(colored.out.contains("\u{1b}[31mred"), "{}", colored.out);
}

#[test]
fn stats_show_time_per_measured_operation() {
    let suite = Suite::new("Feature: f\n  Scenario: s\n    When two operations are measured\n");
    let ran = suite.run(&["run", "-v", "--stats"]);
    ran.assert(0, &["\nTime of measured operations:\n", "  operation\n"]);
    let count = |operation: &str| {
        let line = ran.out.lines().find(|line| line.ends_with(&format!("  {operation}"))).unwrap();
        line.split_whitespace().next().unwrap().to_owned()
    };
    assert_eq!((count("open").as_str(), count("close").as_str()), ("2", "1"));
    ran.assert(0, &["warn measured \"open\": ", " ms, more than 0.000 ms\n"]);
    assert_eq!(ran.out.matches("more than").count(), 1, "{}", ran.out);
}
