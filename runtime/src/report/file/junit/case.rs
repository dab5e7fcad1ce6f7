//! The case of one scenario.

use std::fmt::Write as _;
use std::io;
use std::sync::Arc;

use super::attachment_dir::AttachmentDir;
use super::format_seconds;
use crate::model::{Attachment, Failure, HookResult, HookSide, Outcome, Scenario, Tag};
use crate::report::problem::reason;
use crate::report::scenario_record::AttemptRecord;
use crate::report::xml::escape_xml;
use crate::report::{ScenarioRecord, ScenarioStatus};

/// Returns the class of a scenario's case: its feature and rule.
pub(super) fn class_name(scenario: &Scenario) -> String {
    let Scenario { feature, rule, .. } = scenario;
    match rule {
        Some(rule) => format!("{feature}: {rule}"),
        None => feature.to_string(),
    }
}

/// Writes the case of a scenario.
///
/// # Errors
///
/// Returns an error if an attachment cannot be saved.
pub(super) fn write_case(
    xml: &mut String,
    name: &str,
    record: &ScenarioRecord,
    attachments: Option<&mut AttachmentDir>,
) -> io::Result<()> {
    push_line(
        xml,
        format_args!(
            r#"    <testcase name="{}" classname="{}" file="{}" line="{}" time="{}">"#,
            escape_xml(name),
            escape_xml(&class_name(&record.scenario)),
            escape_xml(&record.scenario.location.path),
            record.location().line,
            format_seconds(record.duration())
        ),
    );
    write_properties(xml, &record.scenario.tags);
    let (last, before) = match record.attempts.split_last() {
        Some((last, before)) => (Some(last), before),
        None => (None, &[][..]),
    };
    match record.status() {
        ScenarioStatus::Failed => {
            if let Some(problem) = last.and_then(|last| problem(record, last)) {
                write_failure(xml, &problem);
            }
            write_retries(xml, "rerunFailure", record, before);
        }
        ScenarioStatus::Flaky if record.fails_run() => {
            // The latest of the attempts that failed, and the others as for a failed scenario.
            let (failed, before) =
                before.split_last().map_or((None, before), |(f, b)| (Some(f), b));
            let text =
                failed.and_then(|failed| problem(record, failed)).map(|problem| problem.text);
            let text = text.unwrap_or_default();
            let message = format!("flaky: {}", reason(record));
            write_failure(xml, &Problem { kind: "flaky", message, text });
            write_retries(xml, "rerunFailure", record, before);
        }
        ScenarioStatus::Flaky => write_retries(xml, "flakyFailure", record, before),
        ScenarioStatus::Skipped | ScenarioStatus::Interrupted => {
            let reason = match record.deciding_step().map(|(_, result)| &result.outcome) {
                Some(Outcome::Skipped { reason: Some(reason) }) => reason.clone(),
                Some(outcome @ Outcome::Unsupported { .. }) => outcome.to_string(),
                _ => "no steps".to_owned(),
            };
            push_line(xml, format_args!(r#"      <skipped message="{}"/>"#, escape_xml(&reason)));
        }
        ScenarioStatus::Passed => {}
    }
    if let Some(last) = last {
        write_output(xml, record, last, attachments)?;
    }
    push_line(xml, format_args!("    </testcase>"));
    Ok(())
}

fn write_properties(xml: &mut String, tags: &[Tag]) {
    if tags.is_empty() {
        return;
    }
    push_line(xml, format_args!("      <properties>"));
    for Tag { name, .. } in tags {
        let value = escape_xml(name);
        push_line(xml, format_args!(r#"        <property name="tag" value="{value}"/>"#));
    }
    push_line(xml, format_args!("      </properties>"));
}

fn write_failure(xml: &mut String, Problem { kind, message, text }: &Problem) {
    let (message, text) = (escape_xml(message), escape_xml(text));
    push_line(
        xml,
        format_args!(r#"      <failure type="{kind}" message="{message}">{text}</failure>"#),
    );
}

fn write_retries(
    xml: &mut String,
    name: &str,
    record: &ScenarioRecord,
    attempts: &[AttemptRecord],
) {
    for Problem { kind, message, text } in attempts.iter().filter_map(|a| problem(record, a)) {
        let (message, text) = (escape_xml(&message), escape_xml(&text));
        push_line(
            xml,
            format_args!(
                "      <{name} type=\"{kind}\" message=\"{message}\">\n        \
                 <stackTrace>{text}</stackTrace>\n      </{name}>"
            ),
        );
    }
}

/// The reason why an attempt failed.
struct Problem {
    kind: &'static str,
    /// One line.
    message: String,
    text: String,
}

/// Returns the reason why an attempt failed. Readers take one element per attempt, so that the failures
/// of hooks and of the steps are one text.
fn problem(record: &ScenarioRecord, attempt: &AttemptRecord) -> Option<Problem> {
    let hook = |failure: &Arc<Failure>| Problem {
        kind: "hook",
        message: failure.message.clone(),
        text: failure.to_string(),
    };
    let mut problems: Vec<_> = attempt.failures.iter().map(hook).collect();
    // Also the undefined steps after the one that failed.
    let steps = record.scenario.steps.iter().zip(&attempt.results);
    for (step, result) in steps.filter(|(_, result)| result.outcome.is_failure()) {
        let whole = result.outcome.to_string();
        let message = whole.lines().next().unwrap_or_default().to_owned();
        let mut text =
            format!("{} {}\n  at {}\n{whole}", step.keyword_text, step.text, step.location);
        if let Outcome::Failed(failure) = &result.outcome {
            for cause in &failure.causes {
                let _ = write!(text, "\ncaused by: {cause}");
            }
        }
        if let Some(definition) = &result.definition {
            let _ = write!(text, "\ndefinition: {}:{}", definition.file, definition.line);
        }
        problems.push(Problem { kind: result.outcome.as_str(), message, text });
    }
    problems.into_iter().reduce(|first, other| Problem {
        text: format!("{}\n\n{}", first.text, other.text),
        ..first
    })
}

/// Writes the output, logs and attachments of the steps and of the hooks around them.
fn write_output(
    xml: &mut String,
    record: &ScenarioRecord,
    attempt: &AttemptRecord,
    mut attachments: Option<&mut AttachmentDir>,
) -> io::Result<()> {
    let mut text = String::new();
    let hooks = |side| attempt.hooks.iter().filter(move |hook| hook.kind.side() == side);
    write_hooks(&mut text, hooks(HookSide::Before), attachments.as_deref_mut())?;
    for (step, result) in record.scenario.steps.iter().zip(&attempt.results) {
        if result.output.is_empty() && result.logs.is_empty() && result.attachments.is_empty() {
            continue;
        }
        push_line(&mut text, format_args!("{} {}", step.keyword_text, step.text));
        for entry in &result.logs {
            push_line(&mut text, format_args!("  {} {}", entry.level.as_str(), entry.message));
        }
        for line in result.output.lines() {
            push_line(&mut text, format_args!("  | {line}"));
        }
        write_attachments(&mut text, &result.attachments, attachments.as_deref_mut())?;
    }
    write_hooks(&mut text, hooks(HookSide::After), attachments)?;
    if !text.is_empty() {
        push_line(xml, format_args!("      <system-out>{}</system-out>", escape_xml(&text)));
    }
    Ok(())
}

/// Writes the output, logs and attachments of hooks.
///
/// # Errors
///
/// Returns an error if an attachment cannot be saved.
pub(super) fn write_hooks<'h>(
    text: &mut String,
    hooks: impl IntoIterator<Item = &'h Arc<HookResult>>,
    mut attachments: Option<&mut AttachmentDir>,
) -> io::Result<()> {
    for hook in hooks.into_iter().filter(|hook| hook.has_output()) {
        push_line(text, format_args!("{}", hook.name()));
        for entry in &hook.logs {
            push_line(text, format_args!("  {} {}", entry.level.as_str(), entry.message));
        }
        for line in hook.output.lines() {
            push_line(text, format_args!("  | {line}"));
        }
        write_attachments(text, &hook.attachments, attachments.as_deref_mut())?;
    }
    Ok(())
}

/// Writes text attachments in full, and the file names of others.
fn write_attachments(
    text: &mut String,
    attachments: &[Attachment],
    mut dir: Option<&mut AttachmentDir>,
) -> io::Result<()> {
    for attachment in attachments {
        let Attachment { name, media_type, content, .. } = attachment;
        let size = content.len();
        push_line(text, format_args!("  attached {name:?} ({media_type}, {size} bytes)"));
        if media_type.starts_with("text/") {
            let content = String::from_utf8_lossy(content);
            content.lines().for_each(|line| push_line(text, format_args!("    {line}")));
        } else if let Some(dir) = dir.as_deref_mut() {
            let path = dir.save(attachment)?;
            push_line(text, format_args!("[[ATTACHMENT|{}]]", path.display()));
        }
    }
    Ok(())
}

fn push_line(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a `String` cannot fail.
    let _ = writeln!(text, "{line}");
}
