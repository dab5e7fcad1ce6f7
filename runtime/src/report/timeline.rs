//! The timeline: one page that shows who did what when, without a network.
//!
//! A lane for each thread of a local run, or for each process of a run over several; a box for each
//! scenario and each step. The page itself is `assets/timeline.html`.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::script::write_in_script;
use super::story::Attempt;
use super::time::rfc3339;
use super::words::level;
use super::{Report, Story, Totals, Verdict};
use crate::json::{array, texts};
use crate::model::{Attachment, Event, HookResult, Leak, LogRecord, StepArgument, StepResult};

const PAGE: &str = include_str!("../../assets/timeline.html");
/// What stands in the page where the data belong.
const DATA: &str = "/*DATA*/null";

/// Writes a run as a timeline, at its end.
#[derive(Debug)]
pub struct Timeline<W> {
    out: W,
    began: SystemTime,
    lanes: Vec<String>,
    scenarios: Vec<Value>,
}

impl<W: Write> Timeline<W> {
    /// A report written to `out`.
    pub fn new(out: W) -> Self {
        Self { out, began: SystemTime::UNIX_EPOCH, lanes: Vec::new(), scenarios: Vec::new() }
    }

    fn lane(&mut self, name: &str) -> usize {
        if let Some(lane) = self.lanes.iter().position(|known| known == name) {
            return lane;
        }
        self.lanes.push(name.to_owned());
        self.lanes.len() - 1
    }

    fn attempt(&mut self, story: &Story, number: usize, attempt: &Attempt) -> Value {
        let lane = self.lane(&format!("thread {}", attempt.lane + 1));
        let mut steps = Vec::new();
        for (step, result) in story.scenario.steps.iter().zip(&attempt.results) {
            for mut box_ in self.step(lane, result) {
                box_["text"] = json!(format!("{} {}", step.keyword_text, step.text));
                box_["place"] = json!(step.place.to_string());
                if let Some(argument) = &step.argument {
                    box_["argument"] = argument_of(argument);
                }
                steps.push(box_);
            }
        }
        let is_last = number + 1 == story.attempts.len();
        let outcome = match story.verdict() {
            _ if !is_last => "retried",
            Verdict::Passed => "passed",
            Verdict::Flaky => "flaky",
            Verdict::Skipped => "skipped",
            Verdict::Failed => "failed",
        };
        json!({
            "name": story.scenario.name,
            "feature": &*story.scenario.feature,
            "place": story.place().to_string(),
            "tags": array(&story.scenario.tags, |tag| json!(tag.name)),
            "attempt": number + 1,
            "lane": lane,
            "start": micros(attempt.started),
            "length": micros(attempt.duration),
            "outcome": outcome,
            "failures": texts(&attempt.failures),
            "hooks": array(&attempt.hooks, |hook| told_hook(hook)),
            "steps": steps,
        })
    }

    /// A box in the thread's lane, or one in the lane of each process the step went to.
    fn step(&mut self, lane: usize, result: &StepResult) -> Vec<Value> {
        let definition =
            result.definition.as_ref().map(|d| format!("{}:{} ({})", d.file, d.line, d.function));
        if result.parts.is_empty() {
            return vec![json!({
                "lane": lane,
                "start": micros(result.started),
                "length": micros(result.duration),
                "outcome": result.outcome.word(),
                "detail": if result.outcome.is_passed() { String::new() } else { result.outcome.to_string() },
                "definition": definition,
                "logs": logs(&result.logs),
                "printed": result.output,
                "attachments": array(&result.attachments, attached),
            })];
        }
        let mut parts = Vec::new();
        for part in &result.parts {
            parts.push(json!({
                "lane": self.lane(&part.process),
                "start": micros(part.started),
                "length": micros(part.duration),
                "outcome": part.outcome.word(),
                "detail": if part.outcome.is_passed() { String::new() } else { part.outcome.to_string() },
                "definition": definition,
                "logs": logs(&part.logs),
            }));
        }
        parts
    }
}

impl<W: Write> Report for Timeline<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        if let Event::RunStarted { time, .. } = event {
            self.began = *time;
        }
        Ok(())
    }

    fn scenario(&mut self, story: &Arc<Story>) -> io::Result<()> {
        for (number, attempt) in story.attempts.iter().enumerate() {
            let told = self.attempt(story, number, attempt);
            self.scenarios.push(told);
        }
        Ok(())
    }

    fn finish(&mut self, totals: &Totals, duration: Duration) -> io::Result<()> {
        let data = json!({
            "began": rfc3339(self.began),
            "length": micros(duration),
            "lanes": self.lanes,
            "scenarios": self.scenarios,
            "counts": {
                "passed": totals.passed,
                "flaky": totals.flaky,
                "failed": totals.failed,
                "skipped": totals.skipped,
            },
            "failures": texts(&totals.failures),
            "hooks": array(&totals.hooks, |hook| told_hook(hook)),
            "leaks": array(&totals.leaks, |leak| told_leak(leak)),
        });
        let (before, after) = PAGE.split_once(DATA).unwrap_or((PAGE, ""));
        self.out.write_all(before.as_bytes())?;
        write_in_script(&mut self.out, data.to_string().as_bytes())?;
        self.out.write_all(after.as_bytes())?;
        self.out.flush()
    }
}

/// Microseconds since the run began.
fn micros(duration: Duration) -> f64 {
    duration.as_nanos() as f64 / 1e3
}

fn logs(logs: &[LogRecord]) -> Value {
    array(logs, |record| json!(format!("{} {}", level(record.level), record.message)))
}

fn told_hook(hook: &HookResult) -> Value {
    json!({
        "name": hook.name(),
        "place": hook.place.to_string(),
        "start": micros(hook.started),
        "length": micros(hook.duration),
        "outcome": hook.outcome.word(),
        "detail": if hook.outcome.is_passed() { String::new() } else { hook.outcome.to_string() },
        "logs": logs(&hook.logs),
        "printed": hook.output,
        "attachments": array(&hook.attachments, attached),
    })
}

fn told_leak(leak: &Leak) -> Value {
    json!({ "scenario": leak.scenario.name, "left": texts(&leak.left) })
}

fn argument_of(argument: &StepArgument) -> Value {
    match argument {
        StepArgument::DataTable(table) => json!({ "rows": table.rows }),
        StepArgument::DocString(text) => json!({ "text": text.content }),
    }
}

fn attached(attachment: &Attachment) -> Value {
    let Attachment { name, media_type, content, .. } = attachment;
    let text = std::str::from_utf8(content).ok();
    json!({ "name": name, "mediaType": media_type, "bytes": content.len(), "text": text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_one_place_for_the_data() {
        assert_eq!(PAGE.matches(DATA).count(), 1);
    }
}
