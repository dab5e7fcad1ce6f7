//! `harmony --debug ROLE`: a process waits for a debugger.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStderr, Stdio};

use nix::errno::Errno;
use nix::sys::ptrace;
use nix::sys::wait::waitpid;
use nix::unistd::Pid;

use super::npm::missing;
use super::processes::suite_of_peers;
use super::suite::Suite;

const FEATURE: &str = "\
Feature: f
  Scenario: s
    Given the 'writer' process writes
    And the 'reader' process lasts '0.2' s
";

/// A run that waits for a debugger of its reader.
struct Waiting {
    run: Child,
    stderr: BufReader<ChildStderr>,
    reader: Pid,
}

impl Waiting {
    fn start(suite: &Suite) -> Self {
        let mut command = suite.command(&["harmony", "-p", "a", "--debug", "reader"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut run = command.spawn().unwrap();
        let mut stderr = BufReader::new(run.stderr.take().unwrap());
        let mut pid = None;
        for line in stderr.by_ref().lines() {
            let line = line.unwrap();
            if let Some(text) = line.trim().strip_prefix("gdb -p ") {
                pid = Some(text.parse().unwrap());
            } else if line.contains("goes on once a debugger is attached, or after Enter") {
                break;
            } else {
                assert!(line.starts_with("the 'reader' process (a, pid "), "{line}");
            }
        }
        Self { run, stderr, reader: Pid::from_raw(pid.expect("a process id")) }
    }

    /// Returns the output and the rest of standard error after the run has succeeded.
    fn finish(mut self) -> (String, String) {
        let mut stderr = String::new();
        self.stderr.read_to_string(&mut stderr).unwrap();
        let output = self.run.wait_with_output().unwrap();
        let stdout = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{stdout}\n{stderr}");
        (stdout, stderr)
    }
}

#[test]
fn line_of_input_ends_the_wait_and_the_role_has_no_deadline() {
    let suite = suite_of_peers(&FEATURE.replace("'writer'", "'reader'"));
    suite.write(
        "harmony-config.json",
        r#"{"platforms": {"a": {"executable": "python3", "arguments": ["serve.py"],
            "startTimeoutMs": 1, "stepTimeoutMs": 1}}}"#,
    );
    let mut waiting = Waiting::start(&suite);
    waiting.run.stdin.as_mut().unwrap().write_all(b"\n").unwrap();
    let (stdout, _) = waiting.finish();
    assert!(stdout.contains("1 scenario (1 passed)"), "{stdout}");
}

#[test]
fn attached_debugger_ends_the_wait() {
    let suite = suite_of_peers(FEATURE);
    let mut waiting = Waiting::start(&suite);
    let reader = waiting.reader;
    // The tracer is the thread that calls this.
    match ptrace::seize(reader, ptrace::Options::empty()) {
        Ok(()) => {}
        Err(Errno::EPERM) => {
            waiting.run.kill().unwrap();
            waiting.run.wait().unwrap();
            return missing("the right to trace processes");
        }
        Err(error) => panic!("{error}"),
    }
    let mut line = String::new();
    waiting.stderr.read_line(&mut line).unwrap();
    assert!(line.starts_with("A debugger is attached to the 'reader' process (a, pid "), "{line}");
    // The end of a process is reported to its parent only after its tracer has taken it.
    ptrace::interrupt(reader).unwrap();
    waitpid(reader, None).unwrap();
    ptrace::detach(reader, None).unwrap();
    let (stdout, _) = waiting.finish();
    assert!(stdout.contains("1 scenario (1 passed)"), "{stdout}");
}

#[test]
fn debugged_role_that_no_scenario_has_is_refused() {
    let ran = suite_of_peers(FEATURE).run(&["harmony", "-p", "a", "--debug", "raeder"]);
    ran.refused(2, &["no selected scenario has the role 'raeder'; roles: reader, writer"]);
}
