//! One step that did not pass, told the way rustc tells an error: what, where, and what to do.

use std::fmt::Write;
use std::fs;

use super::Style;
use super::pretty::readable;
use crate::model::{Candidate, Outcome, Place, Scenario, StepResult};

/// The full text about the step at `index` of `scenario`.
pub(super) fn explain(
    scenario: &Scenario,
    index: usize,
    result: Option<&StepResult>,
    style: Style,
) -> String {
    let mut text = String::new();
    let (Some(step), Some(result)) = (scenario.steps.get(index), result) else { return text };
    let heading = heading(&result.outcome);
    push(&mut text, format_args!("{}{}", style.bad("error"), style.strong(format!(": {heading}"))));
    point(&mut text, &step.place, step.keyword_text, &step.text, style);
    let mut note = |what: &str| {
        let mut lines = what.lines();
        push(&mut text, format_args!("   = {}", lines.next().unwrap_or_default()));
        for line in lines {
            push(&mut text, format_args!("     {line}"));
        }
    };
    note(&format!("scenario: {}", scenario.name));
    if let Some(definition) = &result.definition {
        note(&format!("definition: {}", located(definition)));
        for (number, capture) in definition.captures.iter().enumerate() {
            if let Some(capture) = capture {
                note(&format!("capture {}: {capture:?}", number + 1));
            }
        }
    }
    match &result.outcome {
        Outcome::Failed(failure) => {
            if let Some(place) = &failure.place {
                note(&format!("panicked at {place}"));
            }
            for cause in &failure.causes {
                note(&format!("caused by: {cause}"));
            }
        }
        Outcome::Undefined { near, .. } if !near.is_empty() => {
            for candidate in near {
                note(&format!("near: {:?} at {}", candidate.pattern, located(candidate)));
            }
        }
        Outcome::Ambiguous { candidates } => {
            for candidate in candidates {
                let captures: Vec<_> = candidate.captures.iter().flatten().collect();
                note(&format!(
                    "candidate: {:?} at {}, captures {captures:?}",
                    candidate.pattern,
                    located(candidate)
                ));
            }
        }
        _ => {}
    }
    for record in &result.logs {
        note(&format!("log: {}", record.message));
    }
    let rerun = scenario.example.as_ref().unwrap_or(&scenario.place);
    note(&format!("rerun: run {}:{}", rerun.path, rerun.line));
    if let Outcome::Undefined { snippet, .. } = &result.outcome {
        push(&mut text, format_args!("\nDefine it:\n\n{snippet}"));
    }
    text.truncate(text.trim_end().len());
    text
}

fn heading(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Failed(failure) => failure.message.clone(),
        Outcome::Undefined { .. } => "no definition matches this step".to_owned(),
        Outcome::Ambiguous { candidates } => {
            format!("{} definitions match this step", candidates.len())
        }
        Outcome::TimedOut { limit } => {
            format!("the step was still running after {}", readable(*limit))
        }
        Outcome::Pending { reason: Some(reason) } => format!("the step is pending: {reason}"),
        Outcome::Pending { reason: None } => "the step is pending".to_owned(),
        Outcome::Passed | Outcome::Skipped { .. } => outcome.word().to_owned(),
    }
}

/// The line of the feature file with a caret under the step.
fn point(text: &mut String, place: &Place, keyword: &str, step: &str, style: Style) {
    let number = place.line.to_string();
    let gutter = " ".repeat(number.len());
    // Read again rather than carried along: failures are rare, and lines of all steps are not.
    let line = fs::read_to_string(&*place.path)
        .ok()
        .and_then(|file| file.lines().nth(place.line as usize - 1).map(str::to_owned));
    let line = line.unwrap_or_else(|| {
        format!("{}{keyword} {step}", " ".repeat(place.column.saturating_sub(1) as usize))
    });
    let indent: String = line
        .chars()
        .take(place.column.saturating_sub(1) as usize)
        .map(|c| if c == '\t' { '\t' } else { ' ' })
        .collect();
    let width = line.trim().chars().count();
    push(text, format_args!("{gutter}{} {place}", style.faint("-->")));
    push(text, format_args!("{gutter} {}", style.faint("|")));
    push(text, format_args!("{} {} {line}", style.faint(&number), style.faint("|")));
    push(
        text,
        format_args!(
            "{gutter} {} {indent}{}",
            style.faint("|"),
            style.bad("^".repeat(width.max(1)))
        ),
    );
}

fn located(definition: &Candidate) -> String {
    format!("{} ({})", definition.place, definition.function)
}

fn push(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a `String` cannot fail.
    let _ = writeln!(text, "{line}");
}
