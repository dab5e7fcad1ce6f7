//! The originals as a run whose steps have their findings attached, for all other reports.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::model::{Attachment, Event, Outcome, StepResult};
use crate::mutation::{Change, Findings, Verdict};

/// The name of the attachments.
const NAME: &str = "mutations of this step";

/// Returns the events of a run of the originals, with an attachment at each step that was changed or
/// examined.
pub fn events_with_findings(findings: &Findings, time: SystemTime) -> Vec<Event> {
    let mut events = vec![Event::RunStarted { scenarios: findings.originals.len(), time }];
    for (number, scenario) in findings.originals.iter().enumerate() {
        let results = findings.results.get(number).map_or(&[][..], Vec::as_slice);
        events.push(Event::ScenarioStarted {
            number,
            attempt: 0,
            scenario: Arc::clone(scenario),
            lane: 0,
            started: results.first().map_or(Duration::ZERO, |first| first.started),
        });
        for step in 0..scenario.steps.len() {
            let result = results.get(step).map_or_else(not_run, |result| StepResult::clone(result));
            let result = with_findings(result, findings, number, step, time);
            events.push(Event::StepFinished { number, step, result: Arc::new(result) });
        }
        let duration = results.iter().map(|result| result.duration).sum();
        events.push(Event::ScenarioFinished {
            number,
            duration,
            retried: false,
            interrupted: false,
        });
    }
    events.push(Event::RunFinished {
        duration: findings.duration,
        interrupted: findings.interrupted,
    });
    events
}

fn not_run() -> StepResult {
    StepResult::instant(Outcome::skip("not run by `mutate`"), Duration::ZERO)
}

fn with_findings(
    mut result: StepResult,
    findings: &Findings,
    original: usize,
    step: usize,
    time: SystemTime,
) -> StepResult {
    let of_step = findings.findings.iter().filter(|f| f.original == original && f.step == step);
    let lines: Vec<String> = of_step
        .map(|finding| {
            let detail = match &finding.verdict {
                Verdict::Unnoticed if finding.change == Change::Repeat => String::new(),
                Verdict::Unnoticed => format!(" ({})", finding.change.meaning_if_unnoticed()),
                Verdict::Noticed { failure, .. } => format!(" ({failure})"),
                Verdict::CannotTell(reason) | Verdict::Skipped(reason) => format!(" ({reason})"),
                Verdict::NotRun => String::new(),
            };
            let verdict = finding.verdict.as_str();
            format!("{verdict}: {} [{}]{detail}", finding.change, finding.id)
        })
        .collect();
    if !lines.is_empty() {
        result.attachments.push(Attachment {
            name: NAME.to_owned(),
            media_type: "text/plain".to_owned(),
            content: lines.join("\n").into_bytes(),
            is_text: true,
            time,
        });
    }
    result
}
