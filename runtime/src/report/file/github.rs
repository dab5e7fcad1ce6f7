//! A run for GitHub Actions: an annotation at the line of each failure, and a summary of the job in
//! Markdown.

use std::env;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::model::{Location, Outcome};
use crate::report::problem::{problem_text, reason};
use crate::report::{Report, ScenarioRecord, ScenarioStatus, Totals};
use crate::text::{ControlFilter, filter_control, format_duration, pluralize};

/// GitHub shows only the first annotations of a step; the summary lists everything.
const MAX_ANNOTATIONS: usize = 50;

/// Writes workflow commands to one output and the summary to another.
#[derive(Debug)]
pub struct GitHub<C, S> {
    commands: C,
    summary: S,
    /// The folder that the paths of annotations are relative to.
    workspace: Option<PathBuf>,
    records: Vec<Arc<ScenarioRecord>>,
}

impl<C: Write, S: Write> GitHub<C, S> {
    /// Creates a report that writes workflow commands to `commands` and Markdown to `summary`.
    pub fn new(commands: C, summary: S) -> Self {
        let workspace = env::var_os("GITHUB_WORKSPACE").map(PathBuf::from);
        Self { commands, summary, workspace, records: Vec::new() }
    }

    fn annotate(&mut self, record: &ScenarioRecord) -> io::Result<()> {
        let kind = if record.fails_run() { "error" } else { "warning" };
        let step = record.deciding_step().filter(|(_, result)| result.outcome.is_failure());
        let location = step
            .and_then(|(index, _)| record.scenario.steps.get(index))
            .map_or(record.location(), |step| &step.location);
        let message = match step {
            Some((_, result)) => details(record, &problem_text(&result.outcome)),
            None => reason(record),
        };
        writeln!(
            self.commands,
            "::{kind} file={},line={},title={}::{}",
            property(&self.path(location)),
            location.line,
            property(&record.scenario.display_name()),
            data(&message),
        )
    }

    /// Returns the path of a location relative to the workspace, if it is below it.
    fn path(&self, location: &Location) -> String {
        let path = Path::new(&*location.path);
        let absolute = env::current_dir().unwrap_or_default().join(path);
        let workspace = self.workspace.as_deref();
        let relative = workspace.and_then(|workspace| absolute.strip_prefix(workspace).ok());
        relative.unwrap_or(path).to_string_lossy().into_owned()
    }

    fn write_summary(&mut self, totals: &Totals, duration: Duration) -> io::Result<()> {
        let out = &mut self.summary;
        let mark = if totals.is_success() { "✅" } else { "❌" };
        let scenarios = pluralize(totals.selected, "scenario");
        writeln!(out, "### {mark} {scenarios} in {}\n", format_duration(duration))?;
        writeln!(out, "| passed | failed | flaky | skipped | interrupted | not run |")?;
        writeln!(out, "|---:|---:|---:|---:|---:|---:|")?;
        let Totals { passed, failed, flaky, skipped, cut_short, .. } = totals;
        let not_run = totals.not_run();
        writeln!(out, "| {passed} | {failed} | {flaky} | {skipped} | {cut_short} | {not_run} |\n")?;
        for record in &self.records {
            let word = if record.fails_run() { "❌" } else { "⚠️" };
            let location = record.location();
            writeln!(
                out,
                "<details><summary>{word} {} <code>{}:{}</code></summary>\n",
                html(&record.scenario.display_name()),
                html(&location.path),
                location.line
            )?;
            writeln!(out, "{}\n</details>\n", fenced(&record_text(record)))?;
        }
        for failure in &totals.failures {
            writeln!(out, "❌ outside of any scenario:\n\n{}\n", fenced(&failure.to_string()))?;
        }
        out.flush()
    }
}

impl<C: Write, S: Write> Report for GitHub<C, S> {
    fn on_scenario_finished(&mut self, record: &Arc<ScenarioRecord>) -> io::Result<()> {
        if matches!(record.status(), ScenarioStatus::Failed | ScenarioStatus::Flaky) {
            self.records.push(Arc::clone(record));
        }
        Ok(())
    }

    fn on_run_finished(&mut self, totals: &Totals, duration: Duration) -> io::Result<()> {
        // Failures before flaky scenarios.
        self.records
            .sort_by_key(|record| (record.status() != ScenarioStatus::Failed, record.number));
        let records = std::mem::take(&mut self.records);
        for record in records.iter().take(MAX_ANNOTATIONS) {
            self.annotate(record)?;
        }
        for failure in &totals.failures {
            writeln!(self.commands, "::error::{}", data(&failure.to_string()))?;
        }
        self.records = records;
        self.commands.flush()?;
        self.write_summary(totals, duration)
    }
}

/// Returns the problem with the step and its definition.
fn details(record: &ScenarioRecord, problem: &str) -> String {
    let mut text = problem.to_owned();
    let Some((index, result)) = record.deciding_step() else { return text };
    if let Some(step) = record.scenario.steps.get(index) {
        text.push_str(&format!("\n\n{} {}", step.keyword_text, step.text));
    }
    if let Outcome::Failed(failure) = &result.outcome {
        failure.causes.iter().for_each(|cause| text.push_str(&format!("\ncaused by: {cause}")));
    }
    if let Some(definition) = &result.definition {
        text.push_str(&format!("\ndefinition: {}:{}", definition.file, definition.line));
    }
    text
}

fn record_text(record: &ScenarioRecord) -> String {
    match (record.status(), record.deciding_step()) {
        (ScenarioStatus::Failed, Some((_, result))) if result.outcome.is_failure() => {
            details(record, &problem_text(&result.outcome))
        }
        _ => reason(record),
    }
}

/// Returns a code block that contains `text`, whatever backticks that has.
fn fenced(text: &str) -> String {
    let text = filter_control(text, ControlFilter::RemoveAll);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}text\n{text}\n{fence}")
}

/// Escapes the message of a workflow command.
fn data(text: &str) -> String {
    let text = filter_control(text, ControlFilter::RemoveAll);
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes a property of a workflow command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_escaped() {
        assert_eq!(data("50%\nof: a, b"), "50%25%0Aof: a, b");
        assert_eq!(property("a:b,c\n"), "a%3Ab%2Cc%0A");
    }

    #[test]
    fn code_block_is_longer_than_its_content() {
        assert_eq!(fenced("a"), "```text\na\n```");
        assert!(fenced("````").starts_with("`````text"));
    }
}
