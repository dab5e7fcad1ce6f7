//! The line of one attempt at a scenario.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use super::definitions::Definitions;
use super::json_line::JsonLine;
use super::paths::WorkspacePaths;
use crate::model::{
    Attachment, HookResult, LogRecord, Outcome, ProcessActivity, ProcessStepResult, Step,
    StepArgument, StepResult, TRANSCRIPT_TITLE,
};
use crate::report::messages::base64;
use crate::report::{AttemptRecord, ScenarioRecord, ScenarioStatus};

/// The largest attachment that is written into the page, in bytes.
const MAX_EMBEDDED_BYTES: usize = 8 * 1024 * 1024;

/// The longest message that is written whole, in bytes.
const MAX_BODY_BYTES: usize = 16 * 1024;

/// Writes one attempt at a scenario.
pub(super) struct AttemptWriter<'a> {
    pub(super) record: &'a ScenarioRecord,
    /// The index of the attempt.
    pub(super) number: usize,
    /// The start of the run.
    pub(super) started: SystemTime,
    pub(super) paths: &'a WorkspacePaths,
}

impl AttemptWriter<'_> {
    /// Returns the line.
    pub(super) fn line(&self, definitions: &mut Definitions) -> String {
        let Some(attempt) = self.record.attempts.get(self.number) else { return String::new() };
        let scenario = &self.record.scenario;
        let location = self.record.location();
        JsonLine::of("scenario", |line| {
            line.number("number", self.record.number as u64);
            line.text("name", &scenario.name);
            line.text("feature", &scenario.feature);
            line.text("rule", scenario.rule.as_deref().unwrap_or_default());
            line.text("path", &self.paths.relative(&location.path));
            line.number("line", location.line);
            line.texts("tags", scenario.tags.iter().map(|tag| &tag.name));
            line.text("combination", scenario.combination.as_deref().unwrap_or_default());
            line.number("attempt", self.number as u64 + 1);
            line.text("status", self.status());
            line.number("thread", attempt.lane as u64 + 1);
            line.time("start", attempt.started);
            line.time("length", attempt.duration);
            let failures = attempt.failures.iter().map(ToString::to_string);
            line.texts("failures", failures.map(|f| self.paths.relative_in(&f).into_owned()));
            line.objects("hooks", &attempt.hooks, |line, hook| {
                write_hook(line, hook, self.started, self.paths);
            });
            let steps = scenario.steps.iter().zip(&attempt.results);
            line.objects("steps", steps, |line, (step, result)| {
                self.step(line, step, result, definitions);
            });
            let keeps_bodies = self.status() != "passed";
            line.objects("processes", &attempt.processes, |line, process| {
                write_process(line, process, keeps_bodies);
            });
            self.resources(line, attempt);
        })
    }

    fn status(&self) -> &'static str {
        if self.number + 1 < self.record.attempts.len() {
            return "retried";
        }
        match self.record.status() {
            ScenarioStatus::Passed => "passed",
            ScenarioStatus::Flaky => "flaky",
            ScenarioStatus::Skipped => "skipped",
            ScenarioStatus::Interrupted => "interrupted",
            ScenarioStatus::Failed => "failed",
        }
    }

    fn step(
        &self,
        line: &mut JsonLine,
        step: &Step,
        result: &StepResult,
        definitions: &mut Definitions,
    ) {
        line.text("keyword", step.keyword_text);
        line.text("text", &step.text);
        line.number("line", step.location.line);
        line.flag("background", step.from_background);
        write_span(line, result.started, result.duration);
        self.outcome(line, &result.outcome);
        if let Some(definition) = &result.definition {
            line.number("definition", definitions.number(definition));
        }
        // The logs of the processes come first, and each process has its own.
        let of_processes: usize = result.per_process.iter().map(|part| part.logs.len()).sum();
        let own = result.logs.iter().skip(of_processes);
        write_logs(line, own, self.started);
        line.text("output", &result.output);
        write_attachments(line, &result.attachments);
        line.objects("parts", &result.per_process, |line, part| self.part(line, part));
        for argument in step.argument.iter().chain(step.extra_argument.as_deref()) {
            write_argument(line, argument);
        }
    }

    /// Writes the part of a step that one process executed.
    fn part(&self, line: &mut JsonLine, part: &ProcessStepResult) {
        line.text("process", &part.process);
        write_span(line, part.started, part.duration);
        self.outcome(line, &part.outcome);
        write_logs(line, &part.logs, self.started);
    }

    fn outcome(&self, line: &mut JsonLine, outcome: &Outcome) {
        line.text("outcome", outcome.as_str());
        if !matches!(outcome, Outcome::Passed | Outcome::Skipped { reason: None }) {
            line.text("detail", &self.paths.relative_in(&outcome.to_string()));
        }
        match outcome {
            Outcome::TimedOut { limit } => line.time("limit", *limit),
            Outcome::Failed(failure) => {
                if let Some(location) = &failure.location {
                    line.text("file", &self.paths.relative(&location.file));
                    line.number("fileLine", location.line);
                }
            }
            _ => {}
        }
    }

    fn resources(&self, line: &mut JsonLine, attempt: &AttemptRecord) {
        line.objects("resources", &attempt.resources, |line, usage| {
            line.text("process", usage.process.as_deref().unwrap_or_default());
            line.number("resident", usage.resident_bytes);
            line.number("growth", usage.resident_growth);
            line.time("cpu", usage.cpu_time);
            line.number("files", usage.open_files as u64);
            line.number("threads", usage.threads as u64);
        });
    }
}

/// Writes the result of a hook; `started` is the start of the run.
pub(super) fn write_hook(
    line: &mut JsonLine,
    hook: &HookResult,
    started: SystemTime,
    paths: &WorkspacePaths,
) {
    line.text("name", &hook.name());
    line.text("file", &paths.relative(&hook.location.file));
    line.number("fileLine", hook.location.line);
    write_span(line, hook.started, hook.duration);
    line.text("outcome", hook.outcome.as_str());
    if !hook.outcome.is_passed() {
        line.text("detail", &paths.relative_in(&hook.outcome.to_string()));
    }
    write_logs(line, &hook.logs, started);
    line.text("output", &hook.output);
    write_attachments(line, &hook.attachments);
}

/// Writes a process; the bodies of its messages and its standard error only if `keeps_bodies`, since
/// those of passed scenarios would make up most of the page.
fn write_process(line: &mut JsonLine, process: &ProcessActivity, keeps_bodies: bool) {
    line.text("process", &process.process);
    line.number("pid", process.pid);
    line.objects("changes", &process.changes, |line, change| {
        line.time("at", change.at);
        line.text("kind", change.kind.as_str());
        line.text("detail", &change.detail);
    });
    line.objects("messages", &process.messages, |line, message| {
        line.time("at", message.at);
        line.flag("request", message.is_request);
        if keeps_bodies {
            line.text("body", &cut(&message.body));
        }
    });
    line.objects("stderr", &process.stderr, |line, written| {
        line.time("at", written.at);
        if keeps_bodies {
            line.text("text", &written.text);
        }
    });
}

/// Returns a message that is at most [`MAX_BODY_BYTES`] long.
fn cut(body: &str) -> Cow<'_, str> {
    if body.len() <= MAX_BODY_BYTES {
        return Cow::Borrowed(body);
    }
    let is_boundary = |&index: &usize| body.is_char_boundary(index);
    let end = (0..=MAX_BODY_BYTES).rev().find(is_boundary).unwrap_or_default();
    Cow::Owned(format!("{}… (cut)", &body[..end]))
}

fn write_span(line: &mut JsonLine, start: Duration, length: Duration) {
    line.time("start", start);
    line.time("length", length);
}

fn write_logs<'a>(
    line: &mut JsonLine,
    logs: impl IntoIterator<Item = &'a LogRecord>,
    started: SystemTime,
) {
    // The processes of the scenario have the messages themselves.
    let logs = logs.into_iter().filter(|log| !log.message.starts_with(TRANSCRIPT_TITLE));
    line.objects("logs", logs, |line, log| {
        line.time("at", log.time.duration_since(started).unwrap_or_default());
        line.text("level", log.level.as_str());
        line.text("message", &log.message);
    });
}

fn write_attachments(line: &mut JsonLine, attachments: &[Attachment]) {
    line.objects("attachments", attachments, |line, attachment| {
        line.text("name", &attachment.name);
        line.text("type", &attachment.media_type);
        line.number("bytes", attachment.content.len() as u64);
        if attachment.content.len() > MAX_EMBEDDED_BYTES {
            return;
        }
        match std::str::from_utf8(&attachment.content) {
            Ok(text) => line.text("text", text),
            Err(_) => line.text("base64", &base64(&attachment.content)),
        }
    });
}

fn write_argument(line: &mut JsonLine, argument: &StepArgument) {
    match argument {
        StepArgument::DataTable(table) => line.rows("table", &table.rows),
        StepArgument::DocString(doc) => {
            line.text("docType", doc.media_type.as_deref().unwrap_or_default());
            line.text("doc", &doc.content);
        }
    }
}
