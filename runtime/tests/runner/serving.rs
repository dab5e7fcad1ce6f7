//! Logs, error causes and spans of a serve process.

use std::io::Read;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use harmony_bdd::harmony::protocol::framing::{FrameReader, write_frame};
use harmony_bdd::harmony::protocol::step_response::decode::StepResponse;
use serde_json::{Value, json};

use super::recording::Recorded;
use super::suite::{RECORD, Suite};

/// A serve process; killed when dropped.
pub(crate) struct Serve {
    child: Child,
    input: Option<ChildStdin>,
    replies: FrameReader<ChildStdout>,
}

impl Serve {
    pub(crate) fn start(suite: &Suite, variables: &[(&str, &str)]) -> Self {
        let mut command = suite.command(&["serve"]);
        command.envs(variables.iter().copied());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let input = child.stdin.take();
        let replies = FrameReader::new(child.stdout.take().unwrap());
        Self { child, input, replies }
    }

    pub(crate) fn call(&mut self, method: &str, params: Value) -> Value {
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        write_frame(self.input.as_mut().unwrap(), body.to_string().as_bytes()).unwrap();
        let reply = self.replies.next_frame().unwrap().expect("a reply");
        serde_json::from_slice::<Value>(reply).unwrap()["result"].take()
    }

    pub(crate) fn step(&mut self, text: &str) -> Value {
        self.call("executeStep", json!([{"Process": "reader", "StepType": 1, "Step": text}]))
    }

    /// Ends the process and returns what it wrote on standard error.
    fn end(mut self) -> String {
        self.input = None;
        let mut text = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut text).unwrap();
        text
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        // It has ended already where the test went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn messages(result: &Value) -> Vec<&str> {
    result["logs"].as_array().unwrap().iter().map(|log| log["message"].as_str().unwrap()).collect()
}

#[test]
fn response_contains_the_events_of_the_step() {
    let suite = Suite::new("");
    let mut serve = Serve::start(&suite, &[("HARMONY_BDD_LOG", "debug")]);
    let result = serve.step("it emits the event 'all quiet'");
    assert_eq!(result["success"], true, "{result}");
    let expected = [
        "runner::steps: all quiet size=3",
        "runner::steps: detail",
        "by context",
        "runner::steps: on a thread",
        "runner::steps: in a task",
    ];
    assert_eq!(messages(&result), expected, "{result}");
    assert_eq!(result["logs"][1]["level"], 1, "debug, as .NET counts: {result}");
    let late = serve.step("it emits the event 'hello' and nothing comes back");
    assert_eq!(messages(&late), ["runner::steps: hello"], "{late}");
    assert_eq!(late["data"]["timeoutType"], "STEP_EXECUTION_TIMEOUT", "{late}");
    let refused = suite.command(&["serve"]).env("HARMONY_BDD_LOG", "loud").output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    let reason = String::from_utf8(refused.stderr).unwrap();
    assert!(
        reason.contains("HARMONY_BDD_LOG: invalid value \"loud\": expected one of off, error,"),
        "{reason}"
    );
}

#[test]
fn response_contains_the_causes_of_an_error() {
    let suite = Suite::new("");
    let mut serve = Serve::start(&suite, &[]);
    for step in ["it fails for a reason behind a reason", "it fails for a boxed reason"] {
        let result = serve.step(step);
        assert_eq!(result["error"], "no answer: no line: unplugged", "{result}");
        assert_eq!(result["data"]["causes"], json!(["no line", "unplugged"]), "{result}");
        let limit = std::time::Duration::from_secs(1);
        let read = StepResponse::from_result(&result, limit).unwrap().outcome;
        assert_eq!(read.to_string(), "no answer: no line: unplugged");
    }
}

#[test]
fn logs_of_run_hooks_are_kept() {
    let suite = Suite::new("");
    suite.write("before_all", "says");
    suite.write("after_all", "says");
    let mut serve = Serve::start(&suite, &[]);
    let first = serve.step("all is well");
    let logged = messages(&first);
    assert!(logged.contains(&"hook `before_everything` before all: before_all logs"), "{logged:?}");
    assert!(
        logged.contains(&"hook `before_everything` before all: runner::steps: before_all traces")
    );
    assert_eq!(messages(&serve.step("all is well")), [""; 0]);
    let stderr = serve.end();
    assert!(stderr.contains("hook `after_everything` after all: after_all logs"), "{stderr}");
}

#[test]
fn tracing_hears_the_scenarios_of_a_serve_process() {
    let suite = Suite::new("");
    let mut serve = Serve::start(&suite, &[(RECORD, "heard")]);
    let scenario = json!([{"Role": "reader", "Scenario": "Test 1.1", "FeatureId": 7}]);
    serve.call("initialize", scenario);
    serve.step("it emits the event 'all quiet'");
    serve.step("it fails for a reason behind a reason");
    serve.step("it emits the event 'hello' and nothing comes back");
    serve.call("cleanup", json!([]));
    serve.call("initialize", json!([{"Role": "reader", "Scenario": "Test 1.2"}]));
    serve.step("all is well");
    serve.end();
    let heard = Recorded::read(&suite.read("heard"));
    let failed = heard.one("scenario", "name=\"Test 1.1\"");
    assert!(failed.fields.contains(" process=\"reader\""), "{failed:?}");
    assert!(failed.fields.contains(" outcome=\"failed\""), "{failed:?}");
    assert!(failed.fields.contains("no answer: no line: unplugged"), "{failed:?}");
    let passed = heard.one("scenario", "name=\"Test 1.2\"");
    assert!(passed.fields.contains(" outcome=\"passed\""), "{passed:?}");
    let step = heard.one("step", "'all quiet'");
    assert_eq!(heard.path(step), ["run", "feature", "scenario", "step"]);
    assert_eq!(step.parent, failed.id);
    assert!(step.events.iter().any(|event| event.contains("on a thread")), "{step:?}");
    let late = heard.one("step", "nothing comes back");
    assert!(late.fields.contains(" outcome=\"timed out\""), "{late:?}");
    let run = heard.one("run", "");
    assert!(run.fields.contains(" outcome=\"failed\""), "{run:?}");
}
