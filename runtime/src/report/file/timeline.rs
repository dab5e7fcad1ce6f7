//! The timeline: a self-contained HTML page that shows which thread or process ran what when.
//!
//! It has a lane for each thread of a local run, or for each process of a run across processes, and a
//! box for each scenario and step. The page itself is `assets/timeline.html`.

use std::borrow::Cow;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::json_in_html::write_json_in_script;
use crate::model::{Attachment, Event, HookResult, Leak, LogRecord, StepArgument, StepResult};
use crate::report::scenario_record::AttemptRecord;
use crate::report::{Report, ScenarioRecord, ScenarioStatus, Totals};
use crate::text::{ControlFilter, filter_control, format_timestamp_millis};

const PAGE: &str = include_str!("../../../assets/timeline.html");
/// The placeholder for the data in the page.
const DATA_PLACEHOLDER: &str = "/*DATA*/null";

/// Writes a run as a timeline, at its end.
#[derive(Debug)]
pub struct Timeline<W> {
    out: W,
    started: SystemTime,
    lanes: Vec<String>,
    scenarios: Vec<Value>,
}

impl<W: Write> Timeline<W> {
    /// Creates a report written to `out`.
    pub fn new(out: W) -> Self {
        Self { out, started: SystemTime::UNIX_EPOCH, lanes: Vec::new(), scenarios: Vec::new() }
    }

    fn lane_index(&mut self, name: &str) -> usize {
        if let Some(lane) = self.lanes.iter().position(|known| known == name) {
            return lane;
        }
        self.lanes.push(name.to_owned());
        self.lanes.len() - 1
    }

    fn attempt_json(
        &mut self,
        record: &ScenarioRecord,
        number: usize,
        attempt: &AttemptRecord,
    ) -> Value {
        let lane = self.lane_index(&format!("thread {}", attempt.lane + 1));
        let mut steps = Vec::new();
        for (step, result) in record.scenario.steps.iter().zip(&attempt.results) {
            for mut box_ in self.step_boxes(lane, result) {
                box_["text"] = json!(format!("{} {}", step.keyword_text, step.text));
                box_["place"] = json!(step.location.to_string());
                if let Some(argument) = &step.argument {
                    box_["argument"] = argument_json(argument);
                }
                steps.push(box_);
            }
        }
        let is_last = number + 1 == record.attempts.len();
        let outcome = match record.status() {
            _ if !is_last => "retried",
            ScenarioStatus::Passed => "passed",
            ScenarioStatus::Flaky => "flaky",
            ScenarioStatus::Skipped => "skipped",
            ScenarioStatus::Interrupted => "interrupted",
            ScenarioStatus::Failed => "failed",
        };
        json!({
            "name": record.scenario.name,
            "feature": &*record.scenario.feature,
            "place": record.location().to_string(),
            "tags": record.scenario.tags.iter().map(|tag| json!(tag.name)).collect::<Value>(),
            "attempt": number + 1,
            "lane": lane,
            "start": micros(attempt.started),
            "length": micros(attempt.duration),
            "outcome": outcome,
            "failures": attempt.failures.iter().map(ToString::to_string).collect::<Value>(),
            "hooks": attempt.hooks.iter().map(|hook| hook_json(hook)).collect::<Value>(),
            "steps": steps,
        })
    }

    /// Returns one box in the thread's lane, or one in the lane of each process that executed the step.
    fn step_boxes(&mut self, lane: usize, result: &StepResult) -> Vec<Value> {
        let definition =
            result.definition.as_ref().map(|d| format!("{}:{} ({})", d.file, d.line, d.function));
        if result.per_process.is_empty() {
            return vec![json!({
                "lane": lane,
                "start": micros(result.started),
                "length": micros(result.duration),
                "outcome": result.outcome.as_str(),
                "detail": if result.outcome.is_passed() { String::new() } else { result.outcome.to_string() },
                "definition": definition,
                "logs": logs(&result.logs),
                "printed": result.output,
                "attachments": result.attachments.iter().map(attachment_json).collect::<Value>(),
            })];
        }
        let mut parts = Vec::new();
        for part in &result.per_process {
            parts.push(json!({
                "lane": self.lane_index(&part.process),
                "start": micros(part.started),
                "length": micros(part.duration),
                "outcome": part.outcome.as_str(),
                "detail": if part.outcome.is_passed() { String::new() } else { part.outcome.to_string() },
                "definition": definition,
                "logs": logs(&part.logs),
            }));
        }
        parts
    }
}

impl<W: Write> Report for Timeline<W> {
    fn on_event(&mut self, event: &Event) -> io::Result<()> {
        if let Event::RunStarted { time, .. } = event {
            self.started = *time;
        }
        Ok(())
    }

    fn on_scenario_finished(&mut self, record: &Arc<ScenarioRecord>) -> io::Result<()> {
        for (number, attempt) in record.attempts.iter().enumerate() {
            let scenario = self.attempt_json(record, number, attempt);
            self.scenarios.push(scenario);
        }
        Ok(())
    }

    fn on_run_finished(&mut self, totals: &Totals, duration: Duration) -> io::Result<()> {
        let mut data = json!({
            "began": format_timestamp_millis(self.started),
            "length": micros(duration),
            "lanes": self.lanes,
            "scenarios": self.scenarios,
            "counts": {
                "passed": totals.passed,
                "flaky": totals.flaky,
                "failed": totals.failed,
                "skipped": totals.skipped,
            },
            "failures": totals.failures.iter().map(ToString::to_string).collect::<Value>(),
            "hooks": totals.hooks.iter().map(|hook| hook_json(hook)).collect::<Value>(),
            "leaks": totals.leaks.iter().map(|leak| leak_json(leak)).collect::<Value>(),
        });
        remove_control(&mut data);
        let (before, after) = PAGE.split_once(DATA_PLACEHOLDER).unwrap_or((PAGE, ""));
        self.out.write_all(before.as_bytes())?;
        write_json_in_script(&mut self.out, data.to_string().as_bytes())?;
        self.out.write_all(after.as_bytes())?;
        self.out.flush()
    }
}

/// Returns a duration in microseconds, the unit of the page.
fn micros(duration: Duration) -> f64 {
    duration.as_nanos() as f64 / 1e3
}

/// Removes control sequences from all texts, which a browser shows as garbage.
fn remove_control(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Cow::Owned(filtered) = filter_control(text, ControlFilter::RemoveAll) {
                *text = filtered;
            }
        }
        Value::Array(values) => values.iter_mut().for_each(remove_control),
        Value::Object(fields) => fields.values_mut().for_each(remove_control),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn logs(logs: &[LogRecord]) -> Value {
    logs.iter()
        .map(|entry| json!(format!("{} {}", entry.level.as_str(), entry.message)))
        .collect::<Value>()
}

fn hook_json(hook: &HookResult) -> Value {
    json!({
        "name": hook.name(),
        "place": hook.location.to_string(),
        "start": micros(hook.started),
        "length": micros(hook.duration),
        "outcome": hook.outcome.as_str(),
        "detail": if hook.outcome.is_passed() { String::new() } else { hook.outcome.to_string() },
        "logs": logs(&hook.logs),
        "printed": hook.output,
        "attachments": hook.attachments.iter().map(attachment_json).collect::<Value>(),
    })
}

fn leak_json(leak: &Leak) -> Value {
    json!({ "scenario": leak.scenario.name, "left": leak.resources.iter().map(ToString::to_string).collect::<Value>() })
}

fn argument_json(argument: &StepArgument) -> Value {
    match argument {
        StepArgument::DataTable(table) => json!({ "rows": table.rows }),
        StepArgument::DocString(text) => json!({ "text": text.content }),
    }
}

fn attachment_json(attachment: &Attachment) -> Value {
    let Attachment { name, media_type, content, .. } = attachment;
    let text = std::str::from_utf8(content).ok();
    json!({ "name": name, "mediaType": media_type, "bytes": content.len(), "text": text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_has_one_placeholder() {
        assert_eq!(PAGE.matches(DATA_PLACEHOLDER).count(), 1);
    }
}
