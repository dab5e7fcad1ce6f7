//! The live lines of a run, on a pseudo-terminal whose screen is read as a person reads it.

use std::fs::File;
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};

use nix::pty::{Winsize, openpty};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::suite::Suite;

const ROWS: u16 = 50;

/// A command on a terminal; it is killed when the test ends before it does.
struct Session {
    child: Child,
    master: File,
    screen: vt100::Parser,
    raw: Vec<u8>,
}

impl Session {
    fn start(mut command: Command, columns: u16) -> Self {
        let size = Winsize { ws_row: ROWS, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        let terminal = openpty(&size, None).unwrap();
        command.env("TERM", "xterm").stdout(terminal.slave).stderr(Stdio::null());
        let child = command.spawn().unwrap();
        // The command owns the other end of the terminal, which must be closed for reading to end.
        drop(command);
        let master = File::from(terminal.master);
        Self { child, master, screen: vt100::Parser::new(ROWS, columns, 0), raw: Vec::new() }
    }

    /// Reads until the screen contains every one of `parts`, and returns it.
    #[track_caller]
    fn wait_for(&mut self, parts: &[&str]) -> String {
        loop {
            let screen = self.screen.screen().contents();
            if parts.iter().all(|part| screen.contains(part)) {
                return screen;
            }
            assert!(self.read(), "the run ended without {parts:?} on:\n{screen}");
        }
    }

    /// Reads until this is the last line on the screen.
    #[track_caller]
    fn wait_for_last_line(&mut self, line: &str) {
        while self.screen.screen().contents().trim_end().lines().last() != Some(line) {
            assert!(self.read(), "the run ended");
        }
    }

    /// Reads to the end; returns the exit code and the last screen.
    fn end(mut self) -> (Option<i32>, String, String) {
        while self.read() {}
        let code = self.child.wait().unwrap().code();
        let raw = String::from_utf8(std::mem::take(&mut self.raw)).unwrap();
        (code, self.screen.screen().contents(), raw)
    }

    fn read(&mut self) -> bool {
        let mut chunk = [0; 4096];
        // The end of a terminal is an error.
        let Ok(read @ 1..) = self.master.read(&mut chunk) else { return false };
        self.screen.process(&chunk[..read]);
        self.raw.extend_from_slice(&chunk[..read]);
        true
    }

    fn interrupt(&self) {
        kill(Pid::from_raw(self.child.id().cast_signed()), Signal::SIGINT).unwrap();
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // It has ended already if the test went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const FEATURE: &str = "\
Feature: f
  Scenario: 1.1 - waits for a file 日本語 🎉
    When it notes \"x\" in \"notes\" until \"go\" is there
  Scenario: 1.2 - fails
    When it fails with 'rain'
  Scenario: 1.3 - passes
    Given all is well
";

#[test]
fn failure_is_shown_while_another_scenario_runs() {
    for columns in [40, 80, 130] {
        let suite = Suite::new(FEATURE);
        let mut session = Session::start(suite.command(&["run", "-j", "2"]), columns);
        let screen = session.wait_for(&["error: rain", "1.3 - passes", "1.1 - ", "› When ", "2/3"]);
        let lines: Vec<_> = screen.lines().collect();
        let at = |part: &str| lines.iter().position(|line| line.contains(part)).unwrap();
        assert!(at("error: rain") < at("1.3 - passes"), "{screen}");
        assert!(at("1.3 - passes") < at("› When "), "the live lines are last:\n{screen}");
        suite.write("go", "");
        let (code, screen, _) = session.end();
        assert_eq!(code, Some(1));
        assert!(!screen.contains('›') && !screen.contains("2/3"), "no live line stays:\n{screen}");
        assert!(screen.contains("✗ failed"), "{screen}");
        let wide = screen.lines().find(|line| line.len() > 3 * usize::from(columns));
        assert_eq!(wide, None);
    }
}

#[test]
fn frames_are_synchronized_updates() {
    let suite = Suite::new(FEATURE);
    let mut session = Session::start(suite.command(&["run", "-j", "2"]), 80);
    session.wait_for(&["› When "]);
    suite.write("go", "");
    let (_, _, raw) = session.end();
    let mut frames = raw.split("\x1b[?2026h");
    assert_eq!(frames.next(), Some(""), "nothing is written outside of a frame");
    for frame in frames {
        assert!(frame.ends_with("\x1b[?2026l"), "{frame:?}");
    }
}

#[test]
fn progress_shows_only_failures_and_live_lines() {
    let suite = Suite::new(FEATURE);
    let arguments = ["run", "-j", "2", "--format", "progress"];
    let mut session = Session::start(suite.command(&arguments), 80);
    let screen = session.wait_for(&["error: rain", "› When ", "1 passed, 1 failed"]);
    assert!(!screen.contains("1.3 - passes"), "{screen}");
    suite.write("go", "");
    session.end();
}

#[test]
fn slow_step_is_marked_after_half_its_timeout() {
    let suite = Suite::new(FEATURE);
    let arguments = ["run", "-j", "1", "--step-timeout", "2"];
    let mut session = Session::start(suite.command(&arguments), 80);
    session.wait_for(&["SLOW 1.1"]);
    suite.write("go", "");
    session.end();
}

#[test]
fn output_that_is_not_captured_disables_live_lines() {
    let suite = Suite::new(FEATURE);
    suite.write("go", "");
    let session = Session::start(suite.command(&["run", "--no-capture"]), 80);
    let (_, screen, raw) = session.end();
    assert!(!raw.contains("\x1b[?2026h") && screen.contains("1.3 - passes"), "{screen}");
}

#[test]
fn terminal_without_control_sequences_has_a_line_for_each_result() {
    for (variable, value) in [("TERM", "dumb"), ("NO_COLOR", "1")] {
        let suite = Suite::new(FEATURE);
        let mut command = suite.command(&["run", "-j", "2"]);
        let size = Winsize { ws_row: ROWS, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 };
        let terminal = openpty(&size, None).unwrap();
        command.env(variable, value).stdout(terminal.slave).stderr(Stdio::null());
        let child = command.spawn().unwrap();
        drop(command);
        let (master, screen) = (File::from(terminal.master), vt100::Parser::new(ROWS, 80, 0));
        let mut session = Session { child, master, screen, raw: Vec::new() };
        session.wait_for(&["1.3 - passes"]);
        suite.write("go", "");
        let (_, _, raw) = session.end();
        assert!(!raw.contains('\x1b'), "{variable}: {raw:?}");
    }
}

#[test]
fn keys_of_a_watching_suite_run_what_they_say() {
    let suite = Suite::new(FEATURE);
    suite.write("go", "");
    let size = Winsize { ws_row: ROWS, ws_col: 100, ws_xpixel: 0, ws_ypixel: 0 };
    let terminal = openpty(&size, None).unwrap();
    let mut command = suite.command(&["run", "--watch", "-j", "1"]);
    command.env("TERM", "xterm").stdin(terminal.slave.try_clone().unwrap());
    command.stdout(terminal.slave).stderr(Stdio::null());
    let child = command.spawn().unwrap();
    drop(command);
    let (master, screen) = (File::from(terminal.master), vt100::Parser::new(ROWS, 100, 0));
    let mut keys = master.try_clone().unwrap();
    let mut session = Session { child, master, screen, raw: Vec::new() };
    let waiting = "waiting for a change of 1 feature file; keys: a all, f failed, n name, q quit";
    session.wait_for(&["3 scenarios (2 passed, 1 failed)", waiting]);
    keys.write_all(b"f").unwrap();
    session.wait_for(&["run 2 · ", " UTC · what failed", "1 scenario (1 failed)"]);
    session.wait_for_last_line(waiting);
    keys.write_all(b"n1.3x\x7f\n").unwrap();
    session.wait_for(&["name: 1.3", "run 3 · ", "names with \"1.3\"", "1 scenario (1 passed)"]);
    session.wait_for_last_line(waiting);
    keys.write_all(b"q").unwrap();
    let (code, screen, _) = session.end();
    assert_eq!(code, Some(0), "the code of the last run:\n{screen}");
}

#[test]
fn interrupt_shows_what_runs_and_a_second_one_the_summary() {
    let suite = Suite::new(FEATURE);
    let mut session = Session::start(suite.command(&["run", "-j", "1"]), 100);
    session.wait_for(&["› When "]);
    session.interrupt();
    session.wait_for(&[
        "Stopping: 1 running step and the hooks after may take up to ",
        "2 scenarios will not run.",
        "Press Ctrl-C again",
    ]);
    session.interrupt();
    let (code, screen, _) = session.end();
    assert_eq!(code, Some(130));
    assert!(screen.contains("3 scenarios (1 interrupted, 2 not run)"), "{screen}");
    assert!(!screen.contains("Stopping"), "{screen}");
}
