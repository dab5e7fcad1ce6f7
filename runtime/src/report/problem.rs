//! The reason why a scenario did not pass, as text.

use super::{ScenarioRecord, ScenarioStatus};
use crate::model::{Failure, Outcome};
use crate::text::format_duration;

/// Returns the problem of an outcome, whose first line is a heading.
pub(in crate::report) fn problem_text(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Failed(Failure { conversion_error: Some(conversion_error), .. }) => {
            format!(
                "capture {} {:?} does not fit: {}",
                conversion_error.number, conversion_error.text, conversion_error.reason
            )
        }
        Outcome::Failed(failure) => failure.message.clone(),
        Outcome::Undefined { .. } => "no definition matches this step".to_owned(),
        Outcome::Ambiguous { candidates } => {
            format!("{} definitions match this step", candidates.len())
        }
        Outcome::TimedOut { limit } => {
            format!("the step was still running after {}", format_duration(*limit))
        }
        Outcome::Pending { reason: Some(reason) } => format!("the step is pending: {reason}"),
        Outcome::Pending { reason: None } => "the step is pending".to_owned(),
        Outcome::Passed | Outcome::Skipped { .. } | Outcome::Unsupported { .. } => {
            outcome.as_str().to_owned()
        }
    }
}

/// Returns the first line of the reason why a scenario is listed.
pub(in crate::report) fn reason(record: &ScenarioRecord) -> String {
    let first_line = |text: &str| text.lines().next().unwrap_or_default().to_owned();
    match record.status() {
        ScenarioStatus::Flaky => {
            let attempts = record.attempts.len();
            let consequence = if record.fails_run() { ", which fails this run" } else { "" };
            let first = first_failure(record);
            format!("passed on attempt {attempts}{consequence}, failed first {first}")
        }
        ScenarioStatus::Failed => {
            let failures = record.last().map(|last| &last.failures[..]).unwrap_or_default();
            match (record.deciding_step(), failures.first()) {
                (Some((index, result)), _) if result.outcome.is_failure() => {
                    let problem = first_line(&problem_text(&result.outcome));
                    match (&result.outcome, record.scenario.steps.get(index)) {
                        (Outcome::Failed(_) | Outcome::Pending { reason: Some(_) }, _)
                        | (_, None) => problem,
                        (_, Some(step)) => {
                            format!("{} {}", step.keyword_text, first_line(&step.text))
                        }
                    }
                }
                (_, Some(failure)) => first_line(&failure.message),
                _ => String::new(),
            }
        }
        _ => match record.deciding_step().and_then(|(at, _)| record.scenario.steps.get(at)) {
            Some(step) => format!("before: {} {}", step.keyword_text, first_line(&step.text)),
            None => String::new(),
        },
    }
}

/// Describes the failure of the first attempt: that of the step, or else of a hook.
fn first_failure(record: &ScenarioRecord) -> String {
    let first_line = |text: &str| text.lines().next().unwrap_or_default().to_owned();
    let Some(first) = record.attempts.first() else { return String::new() };
    match (first.deciding_step(), first.failures.first()) {
        (Some((index, result)), failure) if failure.is_none() || result.outcome.is_failure() => {
            let step = record.scenario.steps.get(index).map_or("", |step| &step.text);
            format!("at {step:?}: {}", first_line(&result.outcome.to_string()))
        }
        (_, Some(failure)) => format!("around its steps: {}", first_line(&failure.to_string())),
        (..) => "without a failed step".to_owned(),
    }
}
