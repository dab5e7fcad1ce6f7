//! The results of scenarios and hooks as messages.

use std::io::{self, Write};
use std::time::Duration;

use serde_json::{Value, json};

use super::Messages;
use super::base64;
use super::library_ids::HookKey;
use super::lines::{Id, RUN, timestamp};
use super::pickles::PickleIds;
use super::result_message::{
    ResultMessage, TestCaseFinished, TestCaseStarted, TestStepFinished, TestStepStarted,
};
use super::test_case::{TestCaseIds, unreported_failure};
use crate::model::{Attachment, HookResult, LogLevel, LogRecord, Outcome, Step, StepResult};
use crate::report::ScenarioRecord;
use crate::report::scenario_record::AttemptRecord;

impl<W: Write> Messages<W> {
    /// Writes a finished scenario.
    pub(super) fn write_record(&mut self, record: &ScenarioRecord) -> io::Result<()> {
        let pickle = self.pickle_of(record)?;
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
                "result": ResultMessage::of(&result.outcome, "").with_duration(result.duration),
                "timestamp": timestamp,
            }),
        )
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
            TestCaseStarted {
                id: started,
                test_case_id: case.id,
                attempt: number,
                worker_id: attempt.lane as u64,
                timestamp,
            },
        )?;
        let end = attempt.started + attempt.duration;
        self.write_hooks(started, &case.before, attempt, attempt.started)?;
        for (((id, result), step), pickle_step) in
            case.steps.iter().zip(&attempt.results).zip(&record.scenario.steps).zip(&pickle.steps)
        {
            let test_step = TestStep { case: started, id: *id };
            self.write_step(test_step, step, *pickle_step, result)?;
        }
        self.write_hooks(started, &case.after, attempt, end)?;
        if let Some(id) = case.around_step {
            let test_step = TestStep { case: started, id };
            let result = match unreported_failure(attempt) {
                Some(failure) => ResultMessage::of_failure(failure, failure.to_string()),
                None => ResultMessage::new("PASSED"),
            };
            self.write_step_started(test_step, end)?;
            self.write_step_finished(test_step, end, Duration::ZERO, result)?;
        }
        let will_be_retried = number + 1 < record.attempts.len();
        let timestamp = self.timestamp_at(end);
        self.out.write(
            "testCaseFinished",
            TestCaseFinished { test_case_started_id: started, timestamp, will_be_retried },
        )
    }

    /// Writes the hooks of a test case; one that did not run is skipped, at `skipped_at`.
    fn write_hooks(
        &mut self,
        case: Id,
        hooks: &[(HookKey, Id)],
        attempt: &AttemptRecord,
        skipped_at: Duration,
    ) -> io::Result<()> {
        for (key, id) in hooks {
            let test_step = TestStep { case, id: *id };
            match attempt.hooks.iter().find(|result| HookKey::from(&***result) == *key) {
                Some(result) => {
                    self.write_step_started(test_step, result.started)?;
                    if result.has_output() {
                        let owner = test_step.owner();
                        self.write_attachments(&owner, &result.logs, &result.attachments)?;
                        self.write_captured_output(owner, &result.output)?;
                    }
                    let outcome = ResultMessage::of(&result.outcome, "");
                    self.write_step_finished(test_step, result.started, result.duration, outcome)?;
                }
                None => {
                    self.write_step_started(test_step, skipped_at)?;
                    let skipped = ResultMessage::new("SKIPPED");
                    self.write_step_finished(test_step, skipped_at, Duration::ZERO, skipped)?;
                }
            }
        }
        Ok(())
    }

    fn write_step(
        &mut self,
        test_step: TestStep,
        step: &Step,
        pickle_step: Id,
        result: &StepResult,
    ) -> io::Result<()> {
        self.write_step_started(test_step, result.started)?;
        let StepResult { logs, attachments, output, .. } = result;
        if !(logs.is_empty() && attachments.is_empty() && output.is_empty()) {
            self.write_attachments(&test_step.owner(), logs, attachments)?;
            self.write_captured_output(test_step.owner(), output)?;
        }
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
        let location = match result.outcome {
            Outcome::Failed(_) => format!("\n{}", step.location),
            _ => String::new(),
        };
        let outcome = ResultMessage::of(&result.outcome, &location);
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
            message["timestamp"] = json!(timestamp(first.time));
            self.out.write("attachment", message)?;
        }
        for attachment in attachments {
            self.out.write("attachment", attachment_json(attachment, owner))?;
        }
        Ok(())
    }

    /// Writes the captured output as an attachment.
    pub(super) fn write_captured_output(
        &mut self,
        mut owner: Value,
        output: &str,
    ) -> io::Result<()> {
        if output.is_empty() {
            return Ok(());
        }
        owner["body"] = json!(output);
        owner["contentEncoding"] = json!("IDENTITY");
        owner["mediaType"] = json!("text/plain");
        self.out.write("attachment", owner)
    }

    fn write_step_started(&mut self, step: TestStep, started: Duration) -> io::Result<()> {
        let timestamp = self.timestamp_at(started);
        let TestStep { case, id } = step;
        let message = TestStepStarted { test_case_started_id: case, test_step_id: id, timestamp };
        self.out.write("testStepStarted", message)
    }

    fn write_step_finished(
        &mut self,
        step: TestStep,
        started: Duration,
        took: Duration,
        result: ResultMessage,
    ) -> io::Result<()> {
        let timestamp = self.timestamp_at(started + took);
        let TestStep { case, id } = step;
        let message = TestStepFinished {
            test_case_started_id: case,
            test_step_id: id,
            test_step_result: result.with_duration(took),
            timestamp,
        };
        self.out.write("testStepFinished", message)
    }
}

/// The ids of a step of a running test case.
#[derive(Clone, Copy)]
struct TestStep {
    case: Id,
    id: Id,
}

impl TestStep {
    fn owner(self) -> Value {
        json!({ "testCaseStartedId": self.case, "testStepId": self.id })
    }
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
    message["timestamp"] = json!(timestamp(*time));
    message
}
