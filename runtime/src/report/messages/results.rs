//! What came of scenarios and hooks, as messages.

use std::io::{self, Write};
use std::time::Duration;

use serde_json::{Value, json};

use super::cases::{Case, key, left_over};
use super::documents::PickleIds;
use super::source::HookKey;
use super::{Messages, RUN, base64, duration, timestamp};
use crate::model::{
    Attachment, Failure, FailureKind, HookResult, LogLevel, LogRecord, Outcome, Scenario, Step,
    StepResult,
};
use crate::report::Story;
use crate::report::story::Attempt;
use crate::report::words::level;

impl<W: Write> Messages<W> {
    pub(super) fn story(&mut self, story: &Story) -> io::Result<()> {
        let pickle = self.pickle(&story.scenario)?;
        let case = self.case_of(story, &pickle)?;
        for (number, attempt) in story.attempts.iter().enumerate() {
            let is_last = number + 1 == story.attempts.len();
            self.attempt(story, &pickle, &case, number, attempt, !is_last)?;
        }
        Ok(())
    }

    /// A hook of a feature or of the run.
    pub(super) fn run_hook(&mut self, result: &HookResult) -> io::Result<()> {
        let hook = self.source.hook(result, &mut self.out, &mut self.ids)?;
        let id = self.ids.next();
        let timestamp = self.at(result.started);
        self.out.tell(
            "testRunHookStarted",
            json!({ "id": id, "testRunStartedId": RUN, "hookId": hook, "timestamp": timestamp }),
        )?;
        let whose = json!({ "testRunHookStartedId": id });
        self.attachments(&whose, &result.logs, &result.attachments)?;
        self.printed(whose, &result.output)?;
        let timestamp = self.at(result.started + result.duration);
        self.out.tell(
            "testRunHookFinished",
            json!({
                "testRunHookStartedId": id,
                "result": with_duration(outcome(&result.outcome, ""), result.duration),
                "timestamp": timestamp,
            }),
        )
    }

    /// The ids of a scenario's pickle, which is told now if it was not before.
    pub(super) fn pickle(&mut self, scenario: &Scenario) -> io::Result<PickleIds> {
        let key = key(scenario);
        if let Some(known) = self.pickles.get(&key) {
            return Ok(known.clone());
        }
        let (told, ids) = self.nodes.pickle(scenario, &mut self.ids);
        self.out.tell("pickle", told)?;
        self.pickles.insert(key, ids.clone());
        Ok(ids)
    }

    fn attempt(
        &mut self,
        story: &Story,
        pickle: &PickleIds,
        case: &Case,
        number: usize,
        attempt: &Attempt,
        retried: bool,
    ) -> io::Result<()> {
        let started = self.ids.next();
        let timestamp = self.at(attempt.started);
        self.out.tell(
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
        self.hooks(&started, &case.before, attempt, attempt.started)?;
        for (((id, result), step), pickle_step) in
            case.steps.iter().zip(&attempt.results).zip(&story.scenario.steps).zip(&pickle.steps)
        {
            let told = TestStep { case: &started, id };
            self.step(&told, step, pickle_step, result)?;
        }
        self.hooks(&started, &case.after, attempt, end)?;
        if let Some(id) = &case.around {
            let told = TestStep { case: &started, id };
            let result = match left_over(attempt) {
                Some(failure) => failed(failure, &failure.to_string()),
                None => json!({ "status": "PASSED" }),
            };
            self.started(&told, end)?;
            self.finished(&told, end, Duration::ZERO, result)?;
        }
        let timestamp = self.at(end);
        self.out.tell(
            "testCaseFinished",
            json!({ "testCaseStartedId": started, "timestamp": timestamp, "willBeRetried": retried }),
        )
    }

    /// The hooks of a test case; one that did not have its turn is skipped, at `otherwise`.
    fn hooks(
        &mut self,
        case: &str,
        hooks: &[(HookKey, String)],
        attempt: &Attempt,
        otherwise: Duration,
    ) -> io::Result<()> {
        for (key, id) in hooks {
            let told = TestStep { case, id };
            match attempt.hooks.iter().find(|result| HookKey::from(&***result) == *key) {
                Some(result) => {
                    self.started(&told, result.started)?;
                    self.attachments(&told.whose(), &result.logs, &result.attachments)?;
                    self.printed(told.whose(), &result.output)?;
                    let outcome = outcome(&result.outcome, "");
                    self.finished(&told, result.started, result.duration, outcome)?;
                }
                None => {
                    self.started(&told, otherwise)?;
                    let skipped = json!({ "status": "SKIPPED" });
                    self.finished(&told, otherwise, Duration::ZERO, skipped)?;
                }
            }
        }
        Ok(())
    }

    fn step(
        &mut self,
        told: &TestStep<'_>,
        step: &Step,
        pickle_step: &str,
        result: &StepResult,
    ) -> io::Result<()> {
        self.started(told, result.started)?;
        self.attachments(&told.whose(), &result.logs, &result.attachments)?;
        self.printed(told.whose(), &result.output)?;
        if let Outcome::Undefined { snippet, .. } = &result.outcome
            && !snippet.is_empty()
        {
            let id = self.ids.next();
            let snippets = json!([{ "language": "rust", "code": snippet }]);
            self.out.tell(
                "suggestion",
                json!({ "id": id, "pickleStepId": pickle_step, "snippets": snippets }),
            )?;
        }
        let place = format!("\n{}", step.place);
        let outcome = outcome(&result.outcome, &place);
        self.finished(told, result.started, result.duration, outcome)
    }

    /// What was logged, together, and what was attached, one by one.
    fn attachments(
        &mut self,
        whose: &Value,
        logs: &[LogRecord],
        attachments: &[Attachment],
    ) -> io::Result<()> {
        if let Some(first) = logs.first() {
            let lines: Vec<_> = logs.iter().map(log_line).collect();
            let mut told = whose.clone();
            told["body"] = json!(lines.join("\n"));
            told["contentEncoding"] = json!("IDENTITY");
            told["mediaType"] = json!("text/x.cucumber.log+plain");
            told["timestamp"] = timestamp(first.time);
            self.out.tell("attachment", told)?;
        }
        for attachment in attachments {
            self.out.tell("attachment", attached(attachment, whose))?;
        }
        Ok(())
    }

    /// What was printed to standard output and standard error.
    fn printed(&mut self, mut whose: Value, output: &str) -> io::Result<()> {
        if output.is_empty() {
            return Ok(());
        }
        whose["body"] = json!(output);
        whose["contentEncoding"] = json!("IDENTITY");
        whose["mediaType"] = json!("text/plain");
        self.out.tell("attachment", whose)
    }

    fn started(&mut self, step: &TestStep<'_>, started: Duration) -> io::Result<()> {
        let mut told = step.whose();
        told["timestamp"] = self.at(started);
        self.out.tell("testStepStarted", told)
    }

    fn finished(
        &mut self,
        step: &TestStep<'_>,
        started: Duration,
        took: Duration,
        result: Value,
    ) -> io::Result<()> {
        let mut told = step.whose();
        told["testStepResult"] = with_duration(result, took);
        told["timestamp"] = self.at(started + took);
        self.out.tell("testStepFinished", told)
    }
}

/// A step of a test case that runs, by its ids.
struct TestStep<'a> {
    case: &'a str,
    id: &'a str,
}

impl TestStep<'_> {
    fn whose(&self) -> Value {
        json!({ "testCaseStartedId": self.case, "testStepId": self.id })
    }
}

/// Status, message and exception of a result, without its duration; `place` stands behind a message.
fn outcome(outcome: &Outcome, place: &str) -> Value {
    // What a step says of itself is an exception elsewhere, and readers look for one.
    let said = |status: &str, kind: &str, reason: &Option<String>| match reason {
        Some(reason) => json!({
            "status": status,
            "message": reason,
            "exception": { "type": kind, "message": reason },
        }),
        None => json!({ "status": status }),
    };
    match outcome {
        Outcome::Passed => json!({ "status": "PASSED" }),
        Outcome::Failed(failure) => failed(failure, &format!("{outcome}{place}")),
        Outcome::Skipped { reason } => said("SKIPPED", "skipped", reason),
        Outcome::Pending { reason } => said("PENDING", "pending", reason),
        Outcome::Undefined { .. } => json!({ "status": "UNDEFINED" }),
        Outcome::Ambiguous { .. } => {
            json!({ "status": "AMBIGUOUS", "message": outcome.to_string() })
        }
        Outcome::TimedOut { .. } => said("FAILED", "timed out", &Some(outcome.to_string())),
    }
}

fn failed(failure: &Failure, message: &str) -> Value {
    json!({ "status": "FAILED", "message": message, "exception": exception(failure, message) })
}

/// A failure as the protocol's exception; `trace` is all there is to say.
pub(super) fn exception(failure: &Failure, trace: &str) -> Value {
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

/// A line of the log; what is neither alarming nor detail stands for itself.
fn log_line(record: &LogRecord) -> String {
    match record.level {
        LogLevel::Info => record.message.clone(),
        other => format!("{} {}", level(other), record.message),
    }
}

fn attached(attachment: &Attachment, whose: &Value) -> Value {
    let Attachment { name, media_type, content, is_text, time } = attachment;
    let text = std::str::from_utf8(content).ok().filter(|_| *is_text);
    let (body, encoding) = match text {
        Some(text) => (text.to_owned(), "IDENTITY"),
        None => (base64::encode(content), "BASE64"),
    };
    let mut told = whose.clone();
    told["body"] = json!(body);
    told["contentEncoding"] = json!(encoding);
    told["mediaType"] = json!(media_type);
    if !name.is_empty() {
        told["fileName"] = json!(name);
    }
    told["timestamp"] = timestamp(*time);
    told
}
