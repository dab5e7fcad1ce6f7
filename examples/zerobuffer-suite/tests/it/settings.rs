//! Settings of this suite: sources, ranges and effects.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// A scenario whose frame never arrives.
const NO_FRAME: &str = "\
Feature: f
  Scenario: s
    Given the 'reader' process creates buffer 'settings' with metadata size '64' and payload size '8192'
    When the 'writer' process connects to buffer 'settings'
    Then the 'reader' process should read frame with size '1'
";

/// A scenario with a frame of 2000 bytes.
const FRAME: &str = "\
Feature: f
  Scenario: s
    Given the 'reader' process creates buffer 'settings' with metadata size '64' and payload size '8192'
    When the 'writer' process connects to buffer 'settings'
    And the 'writer' process writes frame with size '2000'
    Then the 'reader' process should read frame with size '2000'
";

/// The suite's command line in its own folder.
struct Suite {
    folder: tempfile::TempDir,
}

impl Suite {
    fn new(feature: &str) -> Self {
        let suite = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(suite.folder.path().join("features")).unwrap();
        suite.write("features/own.feature", feature);
        suite
    }

    fn write(&self, path: &str, text: &str) {
        fs::write(self.folder.path().join(path), text).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command_in(self.folder.path());
        command.args(arguments);
        command
    }

    /// Runs it and asserts its exit code and output.
    #[track_caller]
    fn assert(&self, arguments: &[&str], code: i32, parts: &[&str]) -> String {
        assert_output(&self.command(arguments).output().unwrap(), code, parts)
    }
}

fn command_in(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zerobuffer-suite"));
    command.current_dir(folder).stdin(Stdio::null());
    for variable in ["HARMONY_HOST_PID", "HARMONY_FEATURE_ID", "HARMONY_CONFIG_PATH"] {
        command.env_remove(variable);
    }
    command
}

#[track_caller]
fn assert_output(output: &Output, code: i32, parts: &[&str]) -> String {
    let text = [&output.stdout, &output.stderr].map(|out| String::from_utf8_lossy(out)).concat();
    assert_eq!(output.status.code(), Some(code), "{text}");
    for part in parts {
        assert!(text.contains(part), "{part:?} is missing in:\n{text}");
    }
    text
}

#[test]
fn defaults_are_shown_with_their_variables() {
    let suite = Suite::new(FRAME);
    let text = suite.assert(&["config", "show"], 0, &["[zerobuffer]\n"]);
    for (setting, variable) in [
        ("buffer_timeout_ms = 5000", "BUFFER_TIMEOUT_MS"),
        ("max_frame_size = 1_048_576", "MAX_FRAME_SIZE"),
        ("log_level = \"info\"", "LOG_LEVEL"),
        ("performance_tracking = false", "PERFORMANCE_TRACKING"),
        ("resource_monitoring = false", "RESOURCE_MONITORING"),
    ] {
        let line = format!("{setting:<40} # default; ZEROBUFFER_TEST_{variable}\n");
        assert!(text.contains(&line), "{line:?} is missing in:\n{text}");
    }
}

#[test]
fn buffer_timeout_comes_from_the_source_of_highest_precedence() {
    let suite = Suite::new(NO_FRAME);
    let run: &[&str] = &["run", "features"];
    let waited = |ms: u32| format!("no frame arrived within {ms}ms");
    suite.write("harmony.toml", "[zerobuffer]\nbuffer_timeout_ms = 101\n");
    suite.assert(run, 1, &[&waited(101)]);
    suite.write("features/.env.test", "# own\nZEROBUFFER_TEST_BUFFER_TIMEOUT_MS=102\n");
    suite.assert(run, 1, &[&waited(102)]);
    let variable = |command: &mut Command| {
        command.env("ZEROBUFFER_TEST_BUFFER_TIMEOUT_MS", "103").output().unwrap()
    };
    assert_output(&variable(&mut suite.command(run)), 1, &[&waited(103)]);
    let set = ["run", "--set", "zerobuffer.buffer_timeout_ms=104", "features"];
    assert_output(&variable(&mut suite.command(&set)), 1, &[&waited(104)]);

    let shown = |arguments: &[&str], source: &str, with_variable: bool| {
        let mut command = suite.command(arguments);
        let output = if with_variable { variable(&mut command) } else { command.output().unwrap() };
        assert_output(&output, 0, &[source]);
    };
    let name = "environment variable ZEROBUFFER_TEST_BUFFER_TIMEOUT_MS";
    shown(
        &["config", "show"],
        "buffer_timeout_ms = 102                  # features/.env.test:2",
        false,
    );
    shown(&["config", "show"], &format!("buffer_timeout_ms = 103                  # {name}"), true);
    shown(
        &["config", "show", "--set", "zerobuffer.buffer_timeout_ms=104"],
        "buffer_timeout_ms = 104                  # --set zerobuffer.buffer_timeout_ms",
        true,
    );
}

#[test]
fn settings_are_passed_to_harmony_processes() {
    let suite = Suite::new(NO_FRAME);
    suite.write("harmony.toml", "[zerobuffer]\nbuffer_timeout_ms = 105\n");
    suite.assert(&["harmony", "--platforms", "rust", "features"], 1, &["within 105ms"]);
    let set = ["--set", "zerobuffer.buffer_timeout_ms=106"];
    suite.assert(
        &[&["harmony", "--platforms", "rust"], &set[..], &["features"]].concat(),
        1,
        &["within 106ms"],
    );
}

#[test]
fn frames_above_the_limit_are_refused() {
    let suite = Suite::new(FRAME);
    let allowed = |bytes: u32| format!("zerobuffer.max_frame_size={bytes}");
    suite.assert(&["run", "--set", &allowed(2000)], 0, &["1 scenario (1 passed)"]);
    suite.assert(
        &["run", "--set", &allowed(1999)],
        1,
        &[
            "cannot write the frame: 2000 bytes exceed the limit of 1999 in the suite's settings",
            "ZEROBUFFER_TEST_MAX_FRAME_SIZE",
        ],
    );
}

#[test]
fn frames_above_the_default_limit_cause_a_warning() {
    let large = FRAME.replace("'2000'", "'2000000'").replace("'8192'", "'4194304'");
    let suite = Suite::new(&large);
    let warning = "frames of 2000000 bytes, more than 1048576; to enforce a limit, set zerobuffer.";
    suite.assert(&["run", "-v"], 0, &[warning, "1 scenario (1 passed)"]);
    let limit = "zerobuffer.max_frame_size=1048576";
    suite.assert(&["run", "--set", limit], 1, &["2000000 bytes exceed the limit of 1048576"]);
}

#[test]
fn log_level_selects_log_messages() {
    let suite = Suite::new(FRAME);
    let ring = "ring 'settings': 2016 of 8192 bytes used, 1 frames waiting";
    let level = |level: &str| format!("zerobuffer.log_level={level}");
    suite.assert(&["run", "-v", "--set", &level("DEBUG")], 0, &[ring]);
    let usual = suite.assert(&["run", "-v"], 0, &[]);
    assert!(!usual.contains("ring 'settings'"), "{usual}");
    // The default log messages of a long scenario are hidden above their level.
    let root = crate::command_line::root();
    let long = |level: &str| {
        let mut command = command_in(&root);
        command.args(["run", "-v", "11.5", "--set", &format!("zerobuffer.log_level={level}")]);
        assert_output(&command.output().unwrap(), 0, &[])
    };
    assert!(long("info").contains("short form"));
    assert!(!long("warn").contains("short form"));
}

#[test]
fn performance_tracking_prints_step_timings() {
    let suite = Suite::new(FRAME);
    let (run, table) = (["run", "--no-capture"], "Time of steps by definition:");
    let usual = suite.assert(&run, 0, &[]);
    assert!(!usual.contains(table), "{usual}");
    suite.write(".env.test", "ZEROBUFFER_TEST_PERFORMANCE_TRACKING=1\n");
    suite.assert(&run, 0, &[table, "Slowest calls:", "basic_communication.rs:"]);
    suite.assert(&["config", "show"], 0, &["# zerobuffer.performance_tracking, .env.test:1"]);
}

#[test]
fn resource_monitoring_measures_scenarios_one_at_a_time() {
    let suite = Suite::new(FRAME);
    let monitor = "zerobuffer.resource_monitoring=true";
    suite.assert(
        &["config", "show", "--set", monitor],
        0,
        &["\nresources = true ", "# zerobuffer.resource_monitoring, --set zerobuffer.resource_"],
    );
    let set = ["run", "--set", monitor];
    suite.assert(&set, 0, &["1 scenario (1 passed)"]);
    // By which one sees that it is on: it cannot be had together with scenarios side by side.
    let refused = "--resources runs scenarios one at a time and conflicts with --jobs";
    suite.assert(
        &[&set[..], &["--jobs", "2"]].concat(),
        2,
        &[refused, "zerobuffer.resource_monitoring"],
    );
}

#[test]
fn all_errors_are_reported_with_their_sources() {
    let suite = Suite::new(FRAME);
    suite.write("harmony.toml", "[zerobuffer]\nbuffer_timeout_ms = 99\nlog_level = \"loud\"\n");
    suite.write(
        ".env.test",
        "ZEROBUFFER_TEST_BUFFER_TIMEOUT_MS=60001\nZEROBUFFER_TEST_MAX_FRAME_SIZE=0\n",
    );
    let parts = [
        "harmony.toml:2: `buffer_timeout_ms`: expected an integer from 100 to 60000 ms, got \"99\"",
        "harmony.toml:3: `log_level`: invalid value \"loud\": expected one of error, warn, info, debug, trace",
        ".env.test:1: `buffer_timeout_ms`: expected an integer from 100 to 60000 ms, got \"60001\"",
        ".env.test:2: `max_frame_size`: expected an integer from 1 to 104857600 bytes, got \"0\"",
        "environment variable ZEROBUFFER_TEST_MAX_FRAME_SIZE: `max_frame_size`: expected an integer from 1 to 104857600 bytes, got \"104857601\"",
        "environment variable ZEROBUFFER_TEST_TIMEOUT: unknown setting `timeout` in [zerobuffer]; expected one of: buffer_timeout_ms, ",
        "--set zerobuffer.resource_monitoring: expected `true` or `false`, got \"perhaps\"",
    ];
    for command in [&["run"][..], &["check"], &["harmony"], &["serve"], &["config", "show"]] {
        let mut command = suite.command(command);
        command
            .args(["--set", "zerobuffer.resource_monitoring=perhaps"])
            .env("ZEROBUFFER_TEST_MAX_FRAME_SIZE", "104857601")
            .env("ZEROBUFFER_TEST_TIMEOUT", "1");
        let text = assert_output(&command.output().unwrap(), 2, &parts);
        assert_eq!(text.matches("error: ").count(), parts.len(), "{text}");
    }
}
