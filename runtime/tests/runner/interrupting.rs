//! Ctrl-C in the middle of a step.

use std::io::{BufReader, Read};
use std::process::{Child, ChildStdout, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::suite::{Suite, read_notice_of_stop};

const FEATURE: &str = "\
@runner_feature_notes
Feature: f
  @runner_scenario_notes
  Scenario: running
    When it notes 'step' in 'journal' until 'go' is there
    Then all is well
  Scenario: waiting
    Given all is well
";

/// A run that is killed when the test ends before it does.
struct Running {
    child: Child,
    stdout: BufReader<ChildStdout>,
}

impl Running {
    /// Starts a run and waits until its step runs.
    fn start(suite: &Suite, arguments: &[&str]) -> Self {
        let mut command = suite.command(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let mut running = Self { child, stdout };
        while !std::fs::read_to_string(suite.path("journal")).unwrap_or_default().contains("step") {
            assert_eq!(
                running.child.try_wait().unwrap(),
                None,
                "the run ended before its step ran"
            );
            std::thread::yield_now();
        }
        running
    }

    fn interrupt(&self) {
        let pid = self.child.id().try_into().unwrap();
        kill(Pid::from_raw(pid), Signal::SIGINT).unwrap();
    }

    /// Waits for the notice that the run will stop.
    fn wait_for_notice(&mut self) {
        let line = read_notice_of_stop(&mut self.stdout);
        assert!(
            line.contains("Stopping: 1 running step and the hooks after may take up to "),
            "{line}"
        );
        assert!(
            line.contains("1 scenario will not run. Press Ctrl-C again to end at once."),
            "{line}"
        );
    }

    /// Waits for the end: the exit code and standard output.
    fn end(mut self) -> (Option<i32>, String) {
        let mut out = String::new();
        self.stdout.read_to_string(&mut out).unwrap();
        (self.child.wait().unwrap().code(), out)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already where the test went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn interrupted_run_finishes_its_step() {
    let suite = Suite::new(FEATURE);
    suite.write("after_all", "notes");
    let reports = ["junit=j.xml", "messages=m", "timeline=t.html", "rerun=again"];
    let reports = reports.map(|report| format!("--report={report}"));
    let mut arguments = vec!["run", "-j", "1"];
    arguments.extend(reports.iter().map(String::as_str));
    let mut running = Running::start(&suite, &arguments);
    running.interrupt();
    running.wait_for_notice();
    suite.write("go", "");
    let (code, out) = running.end();
    assert_eq!(code, Some(130), "{out}");
    for part in [
        "! running  interrupted",
        "before: Then all is well",
        "2 scenarios (1 interrupted, 1 not run), 2 steps (1 passed, 1 skipped)",
    ] {
        assert!(out.contains(part), "{part:?} is missing in {out}");
    }
    let wanted = "feature begins\nscenario begins first\nscenario begins\nstep begins\nstep ends\nscenario passed\nfeature ends\nafter_all\n";
    assert_eq!(suite.read("journal"), wanted);
    let xml = suite.read("j.xml");
    assert!(
        xml.contains("<testcase name=\"running\"") && xml.ends_with("</testsuites>\n"),
        "{xml}"
    );
    let messages = suite.read("m");
    let last = messages.lines().last().unwrap();
    let last: serde_json::Value = serde_json::from_str(last).unwrap();
    assert_eq!(last["testRunFinished"]["success"], false, "{last}");
    assert!(suite.read("t.html").ends_with("</html>\n"));
    assert!(suite.path("again").exists());
}

#[test]
fn second_interrupt_ends_the_run_at_once() {
    let suite = Suite::new(FEATURE);
    let mut running = Running::start(&suite, &["run", "-j", "1"]);
    running.interrupt();
    running.wait_for_notice();
    running.interrupt();
    // The step would wait for ever.
    let (code, out) = running.end();
    assert_eq!(code, Some(130));
    assert!(out.contains("! interrupted features/a.feature:4  running\n"), "{out}");
    assert!(out.contains("2 scenarios (1 interrupted, 1 not run)"), "{out}");
    assert!(out.contains("rerun: "), "{out}");
    let step_log = suite.read("journal");
    assert!(!step_log.contains("step ends") && !step_log.contains("feature ends"), "{step_log}");
}
