//! The results of scenarios and hooks as messages.

use std::io::{self, Write};
use std::time::Duration;

use serde_json::{Value, json};

use super::Messages;
use super::base64;
use super::documents::{PickleIds, pickle_key};
use super::library_ids::HookKey;
use super::lines::{RUN, duration, timestamp};
use super::test_case::{TestCaseIds, unreported_failure};
use crate::model::{
    Attachment, Failure, FailureKind, HookResult, LogLevel, LogRecord, Outcome, Scenario, Step,
    StepResult,
};
use crate::report::ScenarioRecord;
use crate::report::scenario_record::AttemptRecord;

impl<W: Write> Messages<W> {
    /// Writes a finished scenario.
    pub(super) fn write_record(&mut self, record: &ScenarioRecord) -> io::Result<()> {
        let pickle = self.write_pickle(&record.scenario)?;
        let case = self.case_of(record, &pickle)?;
        for (number, attempt) in record.attempts.iter().enumerate() {
            self.write_attempt(record, &pickle, &case, number, attempt)?;
        }
        Ok(())
    }

    /// Writes a hook of a feature or of the run.
    pub(super) fn write_run_hook(&mut self, result: &HookResult) -> io::Result<()> {
        let hook = self.library_ids.id_of_hook(result, &mut self.out, &mut self.ids)?;
        let id = self.ids.next();
        let timestamp = self.timestamp_at(result.started);
        self.out.write(
            "testRunHookStarted",
            json!({ "id": id, "testRunStartedId": RUN, "hookId": hook, "timestamp": timestamp }),
        )?;
        let owner = json!({ "testRunHookStartedId": id });
        self.write_attachments(&owner, &result.logs, &result.attachments)?;
        self.write_captured_output(owner, &result.output)?;
        let timestamp = self.timestamp_at(result.started + result.duration);
        self.out.write(
            "testRunHookFinished",
            json!({
                "testRunHookStartedId": id,
                "result": with_duration(outcome_json(&result.outcome, ""), result.duration),
                "timestamp": timestamp,
            }),
        )
    }

    /// Returns the ids of a scenario's pickle, which is written now if it was not before.
    pub(super) fn write_pickle(&mut self, scenario: &Scenario) -> io::Result<PickleIds> {
        let key = pickle_key(scenario);
        if let Some(known) = self.pickles.get(&key) {
            return Ok(known.clone());
        }
        let path = &scenario.location.path;
        let document = self.metadata.documents.iter().find(|document| document.path == *path);
        if let Some(document) = document.cloned() {
            self.write_document(&document, scenario.combination.as_ref())?;
        }
        let nodes = self.nodes.entry(scenario.combination.clone()).or_default();
        let (message, ids) = nodes.pickle(scenario, &mut self.ids);
        self.out.write("pickle", message)?;
        self.pickles.insert(key, ids.clone());
        Ok(ids)
    }

    fn write_attempt(
        &mut self,
        record: &ScenarioRecord,
        pickle: &PickleIds,
        case: &TestCaseIds,
        number: usize,
        attempt: &AttemptRecord,
    ) -> io::Result<()> {
        let started = self.ids.next();
        let timestamp = self.timestamp_at(attempt.started);
        self.out.write(
            "testCaseStarted",
            json!({
                "id": started,
                "testCaseId": case.id,
                "attempt": number,
                "workerId": attempt.lane.to_string(),
                "timestamp": timestamp,
            }),
        )?;
        let end = attempt.started + attempt.duration;
        self.write_hooks(&started, &case.before, attempt, attempt.started)?;
        for (((id, result), step), pickle_step) in
            case.steps.iter().zip(&attempt.results).zip(&record.scenario.steps).zip(&pickle.steps)
        {
            let test_step = TestStep { case: &started, id };
            self.write_step(&test_step, step, pickle_step, result)?;
        }
        self.write_hooks(&started, &case.after, attempt, end)?;
        if let Some(id) = &case.around_step {
            let test_step = TestStep { case: &started, id };
            let result = match unreported_failure(attempt) {
                Some(failure) => failed_json(failure, &failure.to_string()),
                None => json!({ "status": "PASSED" }),
            };
            self.write_step_started(&test_step, end)?;
            self.write_step_finished(&test_step, end, Duration::ZERO, result)?;
        }
        let will_be_retried = number + 1 < record.attempts.len();
        let timestamp = self.timestamp_at(end);
        self.out.write(
            "testCaseFinished",
            json!({ "testCaseStartedId": started, "timestamp": timestamp, "willBeRetried": will_be_retried }),
        )
    }

    /// Writes the hooks of a test case; one that did not run is skipped, at `skipped_at`.
    fn write_hooks(
        &mut self,
        case: &str,
        hooks: &[(HookKey, String)],
        attempt: &AttemptRecord,
        skipped_at: Duration,
    ) -> io::Result<()> {
        for (key, id) in hooks {
            let test_step = TestStep { case, id };
            match attempt.hooks.iter().find(|result| HookKey::from(&***result) == *key) {
                Some(result) => {
                    self.write_step_started(&test_step, result.started)?;
                    self.write_attachments(&test_step.owner(), &result.logs, &result.attachments)?;
                    self.write_captured_output(test_step.owner(), &result.output)?;
                    let outcome = outcome_json(&result.outcome, "");
                    self.write_step_finished(&test_step, result.started, result.duration, outcome)?;
                }
                None => {
                    self.write_step_started(&test_step, skipped_at)?;
                    let skipped = json!({ "status": "SKIPPED" });
                    self.write_step_finished(&test_step, skipped_at, Duration::ZERO, skipped)?;
                }
            }
        }
        Ok(())
    }

    fn write_step(
        &mut self,
        test_step: &TestStep<'_>,
        step: &Step,
        pickle_step: &str,
        result: &StepResult,
    ) -> io::Result<()> {
        self.write_step_started(test_step, result.started)?;
        self.write_attachments(&test_step.owner(), &result.logs, &result.attachments)?;
        self.write_captured_output(test_step.owner(), &result.output)?;
        if let Outcome::Undefined { snippet, .. } = &result.outcome
            && !snippet.is_empty()
        {
            let id = self.ids.next();
            let snippets = json!([{ "language": "rust", "code": snippet }]);
            self.out.write(
                "suggestion",
                json!({ "id": id, "pickleStepId": pickle_step, "snippets": snippets }),
            )?;
        }
        let location = format!("\n{}", step.location);
        let outcome = outcome_json(&result.outcome, &location);
        self.write_step_finished(test_step, result.started, result.duration, outcome)
    }

    /// Writes the log as one attachment, and then the attachments.
    fn write_attachments(
        &mut self,
        owner: &Value,
        logs: &[LogRecord],
        attachments: &[Attachment],
    ) -> io::Result<()> {
        if let Some(first) = logs.first() {
            let lines: Vec<_> = logs.iter().map(log_line).collect();
            let mut message = owner.clone();
            message["body"] = json!(lines.join("\n"));
            message["contentEncoding"] = json!("IDENTITY");
            message["mediaType"] = json!("text/x.cucumber.log+plain");
            message["timestamp"] = timestamp(first.time);
            self.out.write("attachment", message)?;
        }
        for attachment in attachments {
            self.out.write("attachment", attachment_json(attachment, owner))?;
        }
        Ok(())
    }

    /// Writes the captured output as an attachment.
    fn write_captured_output(&mut self, mut owner: Value, output: &str) -> io::Result<()> {
        if output.is_empty() {
            return Ok(());
        }
        owner["body"] = json!(output);
        owner["contentEncoding"] = json!("IDENTITY");
        owner["mediaType"] = json!("text/plain");
        self.out.write("attachment", owner)
    }

    fn write_step_started(&mut self, step: &TestStep<'_>, started: Duration) -> io::Result<()> {
        let mut message = step.owner();
        message["timestamp"] = self.timestamp_at(started);
        self.out.write("testStepStarted", message)
    }

    fn write_step_finished(
        &mut self,
        step: &TestStep<'_>,
        started: Duration,
        took: Duration,
        result: Value,
    ) -> io::Result<()> {
        let mut message = step.owner();
        message["testStepResult"] = with_duration(result, took);
        message["timestamp"] = self.timestamp_at(started + took);
        self.out.write("testStepFinished", message)
    }
}

/// The ids of a step of a running test case.
struct TestStep<'a> {
    case: &'a str,
    id: &'a str,
}

impl TestStep<'_> {
    fn owner(&self) -> Value {
        json!({ "testCaseStartedId": self.case, "testStepId": self.id })
    }
}

/// Returns status, message and exception of a result, without its duration; `location` is appended to
/// the message.
fn outcome_json(outcome: &Outcome, location: &str) -> Value {
    // Other implementations report these as an exception, and readers expect one.
    let with_reason = |status: &str, kind: &str, reason: &Option<String>| match reason {
        Some(reason) => json!({
            "status": status,
            "message": reason,
            "exception": { "type": kind, "message": reason },
        }),
        None => json!({ "status": status }),
    };
    match outcome {
        Outcome::Passed => json!({ "status": "PASSED" }),
        Outcome::Failed(failure) => failed_json(failure, &format!("{outcome}{location}")),
        Outcome::Skipped { reason } => with_reason("SKIPPED", "skipped", reason),
        Outcome::Pending { reason } => with_reason("PENDING", "pending", reason),
        Outcome::Undefined { .. } => json!({ "status": "UNDEFINED" }),
        Outcome::Ambiguous { .. } => {
            json!({ "status": "AMBIGUOUS", "message": outcome.to_string() })
        }
        Outcome::TimedOut { .. } => with_reason("FAILED", "timed out", &Some(outcome.to_string())),
    }
}

fn failed_json(failure: &Failure, message: &str) -> Value {
    json!({ "status": "FAILED", "message": message, "exception": exception_json(failure, message) })
}

/// Returns a failure as an exception of the protocol; `trace` is the full text.
pub(super) fn exception_json(failure: &Failure, trace: &str) -> Value {
    let kind = match failure.kind {
        FailureKind::Error => "error",
        FailureKind::Panic => "panic",
        FailureKind::Argument => "argument",
        FailureKind::State => "state",
    };
    json!({ "type": kind, "message": failure.message, "stackTrace": trace })
}

fn with_duration(mut result: Value, took: Duration) -> Value {
    result["duration"] = duration(took);
    result
}

/// Returns a line of the log, with its level unless it is `info`.
fn log_line(entry: &LogRecord) -> String {
    match entry.level {
        LogLevel::Info => entry.message.clone(),
        other => format!("{} {}", other.as_str(), entry.message),
    }
}

fn attachment_json(attachment: &Attachment, owner: &Value) -> Value {
    let Attachment { name, media_type, content, is_text, time } = attachment;
    let text = std::str::from_utf8(content).ok().filter(|_| *is_text);
    let (body, encoding) = match text {
        Some(text) => (text.to_owned(), "IDENTITY"),
        None => (base64::encode(content), "BASE64"),
    };
    let mut message = owner.clone();
    message["body"] = json!(body);
    message["contentEncoding"] = json!(encoding);
    message["mediaType"] = json!(media_type);
    if !name.is_empty() {
        message["fileName"] = json!(name);
    }
    message["timestamp"] = timestamp(*time);
    message
}
