//! What came of a scenario, as messages.

use std::io::{self, Write};
use std::time::Duration;

use serde_json::{Value, json};

use super::documents::PickleIds;
use super::{Messages, RUN, base64, duration};
use crate::model::{Attachment, Failure, FailureKind, Outcome, Step, StepResult};
use crate::report::Story;
use crate::report::story::Attempt;
use crate::report::words::level;

/// The ids of a test case: itself and its steps, the hook's behind the others.
struct Case {
    id: String,
    steps: Vec<String>,
    hook: Option<String>,
}

impl<W: Write> Messages<W> {
    pub(super) fn story(&mut self, story: &Story) -> io::Result<()> {
        let pickle = self.pickle(story)?;
        let case = self.case(story, &pickle)?;
        for (number, attempt) in story.attempts.iter().enumerate() {
            let is_last = number + 1 == story.attempts.len();
            self.attempt(story, &case, number, attempt, !is_last)?;
        }
        self.suggestions(story, &pickle)
    }

    fn pickle(&mut self, story: &Story) -> io::Result<PickleIds> {
        let scenario = &story.scenario;
        let key = (scenario.place.clone(), scenario.example.clone());
        if let Some(known) = self.pickles.get(&key) {
            return Ok(known.clone());
        }
        let (told, ids) = self.nodes.pickle(scenario, &mut self.ids);
        self.out.tell("pickle", told)?;
        self.pickles.insert(key, ids.clone());
        Ok(ids)
    }

    fn case(&mut self, story: &Story, pickle: &PickleIds) -> io::Result<Case> {
        let id = self.ids.next();
        let mut steps = Vec::new();
        let mut told = Vec::new();
        for (index, pickle_step) in pickle.steps.iter().enumerate() {
            let step_id = self.ids.next();
            // The first try that came so far knows the definition.
            let result = story.attempts.iter().find_map(|attempt| attempt.results.get(index));
            let mut message = json!({ "id": step_id, "pickleStepId": pickle_step });
            let step = story.scenario.steps.get(index);
            let (definitions, arguments) = match (step, result) {
                (Some(step), Some(result)) => self.matches(step, result),
                _ => (Vec::new(), Vec::new()),
            };
            message["stepDefinitionIds"] = json!(definitions);
            message["stepMatchArgumentsLists"] = json!(arguments);
            told.push(message);
            steps.push(step_id);
        }
        let troubled = story.attempts.iter().any(|attempt| !attempt.failures.is_empty());
        let hook = if troubled { Some(self.ids.next()) } else { None };
        if let Some(step_id) = &hook {
            told.push(json!({ "id": step_id, "hookId": self.hook()? }));
        }
        let case = json!({ "id": id, "pickleId": pickle.pickle, "testRunStartedId": RUN, "testSteps": told });
        self.out.tell("testCase", case)?;
        Ok(Case { id, steps, hook })
    }

    /// Ids of the definitions a step means, and what each captured.
    fn matches(&self, step: &Step, result: &StepResult) -> (Vec<String>, Vec<Value>) {
        if let Outcome::Ambiguous { candidates } = &result.outcome {
            let ids = candidates.iter().filter_map(|candidate| {
                let place = &candidate.place;
                self.known
                    .get(&(place.file.clone(), place.line, candidate.pattern.clone()))
                    .cloned()
            });
            let ids: Vec<_> = ids.collect();
            let arguments = ids.iter().map(|_| json!({ "stepMatchArguments": [] })).collect();
            return (ids, arguments);
        }
        let Some(found) = &result.definition else { return (Vec::new(), Vec::new()) };
        let key = (found.file.to_string(), found.line, found.pattern.to_string());
        let Some(id) = self.known.get(&key) else { return (Vec::new(), Vec::new()) };
        let arguments: Vec<_> = found
            .captures
            .iter()
            .map(|range| {
                let mut group = json!({ "children": [] });
                if let Some(range) = range
                    && let (Some(before), Some(value)) =
                        (step.text.get(..range.start), step.text.get(range.clone()))
                {
                    // Readers count as JavaScript does.
                    group["start"] = json!(before.encode_utf16().count());
                    group["value"] = json!(value);
                }
                json!({ "group": group })
            })
            .collect();
        (vec![id.clone()], vec![json!({ "stepMatchArguments": arguments })])
    }

    /// The hook that stands for all hooks and for the end of states.
    fn hook(&mut self) -> io::Result<String> {
        if let Some(id) = &self.hook {
            return Ok(id.clone());
        }
        let id = self.ids.next();
        let told = json!({ "id": id, "name": "around the steps", "type": "AFTER_TEST_CASE", "sourceReference": {} });
        self.out.tell("hook", told)?;
        self.hook = Some(id.clone());
        Ok(id)
    }

    fn attempt(
        &mut self,
        story: &Story,
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
        for ((id, result), step) in
            case.steps.iter().zip(&attempt.results).zip(&story.scenario.steps)
        {
            self.step(&started, id, step, result)?;
        }
        let end = attempt.started + attempt.duration;
        if let (Some(id), Some(failure)) = (&case.hook, attempt.failures.first()) {
            let told = failed(&failure.to_string(), failure);
            self.timed(&started, id, end, Duration::ZERO, told)?;
        } else if let Some(id) = &case.hook {
            self.timed(&started, id, end, Duration::ZERO, json!({ "status": "PASSED" }))?;
        }
        let timestamp = self.at(end);
        self.out.tell(
            "testCaseFinished",
            json!({ "testCaseStartedId": started, "timestamp": timestamp, "willBeRetried": retried }),
        )
    }

    fn step(&mut self, case: &str, id: &str, step: &Step, result: &StepResult) -> io::Result<()> {
        let logs: Vec<_> = result
            .logs
            .iter()
            .map(|record| format!("{} {}", level(record.level), record.message))
            .collect();
        let mut texts = Vec::new();
        if !logs.is_empty() {
            texts.push(("text/x.cucumber.log+plain", logs.join("\n")));
        }
        if !result.output.is_empty() {
            texts.push(("text/plain", result.output.clone()));
        }
        let told = outcome(&result.outcome, step);
        let timestamp = self.at(result.started);
        self.out.tell(
            "testStepStarted",
            json!({ "testCaseStartedId": case, "testStepId": id, "timestamp": timestamp }),
        )?;
        for (media_type, text) in texts {
            self.attach(
                case,
                id,
                json!({ "body": text, "contentEncoding": "IDENTITY", "mediaType": media_type }),
            )?;
        }
        for attachment in &result.attachments {
            self.attach(case, id, attached(attachment))?;
        }
        self.finished(case, id, result.started, result.duration, told)
    }

    fn attach(&mut self, case: &str, step: &str, mut attachment: Value) -> io::Result<()> {
        attachment["testCaseStartedId"] = json!(case);
        attachment["testStepId"] = json!(step);
        self.out.tell("attachment", attachment)
    }

    fn timed(
        &mut self,
        case: &str,
        step: &str,
        started: Duration,
        took: Duration,
        result: Value,
    ) -> io::Result<()> {
        let timestamp = self.at(started);
        self.out.tell(
            "testStepStarted",
            json!({ "testCaseStartedId": case, "testStepId": step, "timestamp": timestamp }),
        )?;
        self.finished(case, step, started, took, result)
    }

    fn finished(
        &mut self,
        case: &str,
        step: &str,
        started: Duration,
        took: Duration,
        mut result: Value,
    ) -> io::Result<()> {
        result["duration"] = duration(took);
        let timestamp = self.at(started + took);
        self.out.tell(
            "testStepFinished",
            json!({
                "testCaseStartedId": case,
                "testStepId": step,
                "testStepResult": result,
                "timestamp": timestamp,
            }),
        )
    }

    fn suggestions(&mut self, story: &Story, pickle: &PickleIds) -> io::Result<()> {
        let Some(last) = story.last() else { return Ok(()) };
        for (result, step) in last.results.iter().zip(&pickle.steps) {
            if let Outcome::Undefined { snippet, .. } = &result.outcome
                && !snippet.is_empty()
            {
                let id = self.ids.next();
                let snippets = json!([{ "language": "rust", "code": snippet }]);
                self.out.tell(
                    "suggestion",
                    json!({ "id": id, "pickleStepId": step, "snippets": snippets }),
                )?;
            }
        }
        Ok(())
    }
}

/// Status, message and exception of a result, without its duration.
fn outcome(outcome: &Outcome, step: &Step) -> Value {
    let (status, message) = match outcome {
        Outcome::Passed => ("PASSED", None),
        Outcome::Failed(failure) => return failed(&format!("{outcome}\n{}", step.place), failure),
        Outcome::Skipped { reason } => ("SKIPPED", reason.clone()),
        Outcome::Pending { reason } => ("PENDING", reason.clone()),
        Outcome::Undefined { .. } => ("UNDEFINED", None),
        Outcome::Ambiguous { .. } => ("AMBIGUOUS", Some(outcome.to_string())),
        Outcome::TimedOut { .. } => ("FAILED", Some(outcome.to_string())),
    };
    match message {
        Some(message) => json!({ "status": status, "message": message }),
        None => json!({ "status": status }),
    }
}

fn failed(message: &str, failure: &Failure) -> Value {
    let kind = match failure.kind {
        FailureKind::Error => "error",
        FailureKind::Panic => "panic",
        FailureKind::Argument => "argument",
        FailureKind::State => "state",
    };
    json!({
        "status": "FAILED",
        "message": message,
        "exception": { "type": kind, "message": failure.message, "stackTrace": message },
    })
}

fn attached(attachment: &Attachment) -> Value {
    let Attachment { name, media_type, content } = attachment;
    let text = std::str::from_utf8(content).ok().filter(|_| media_type.starts_with("text/"));
    let (body, encoding) = match text {
        Some(text) => (text.to_owned(), "IDENTITY"),
        None => (base64::encode(content), "BASE64"),
    };
    let mut told = json!({ "body": body, "contentEncoding": encoding, "mediaType": media_type });
    if !name.is_empty() {
        told["fileName"] = json!(name);
    }
    told
}
