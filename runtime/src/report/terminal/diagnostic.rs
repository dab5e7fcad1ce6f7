//! A failed scenario rendered like an error of rustc: the problem, its location, and what to do.

use std::sync::Arc;

use super::difference::{Comparison, Line};
use super::format;
use super::note_writer::NoteWriter;
use super::source_excerpt::{Context, write_excerpt};
use crate::model::{
    Attachment, Failure, HookResult, Leak, LogRecord, Outcome, Step, StepMatch, StepResult,
};
use crate::report::problem::problem_text;
use crate::report::{ScenarioRecord, Style};
use crate::text::pluralize;

/// Maximum number of output lines shown: the last ones, which are nearest to the failure.
const MAX_OUTPUT_LINES: usize = 40;

/// Maximum number of log records shown, for the same reason. `-v` and the report files have all.
const MAX_LOG_RECORDS: usize = 40;

/// Renders the failure of a scenario; `rerun` is the command that reruns it. The lines fit `columns`, if
/// there are any.
pub(crate) fn render_failure(
    record: &ScenarioRecord,
    rerun: &str,
    style: Style,
    columns: Option<usize>,
) -> String {
    let mut text = Diagnostic { notes: NoteWriter::new(style, columns) };
    text.hook_sections(record, rerun);
    let Some((index, result)) =
        record.deciding_step().filter(|(_, result)| result.outcome.is_failure())
    else {
        return text.notes.finish();
    };
    let Some(step) = record.scenario.steps.get(index) else { return text.notes.finish() };
    text.problem(record, index, &result.outcome, Context::StepsBefore);
    text.notes.note("scenario", &scenario_line(record));
    text.definition(step, result);
    text.cause_lines(&result.outcome);
    text.logs(&result.logs);
    for part in &result.per_process {
        text.notes.note("process", &format!("{}: {}", part.process, part.outcome));
    }
    text.output(&result.output);
    text.attachments(&result.attachments);
    for hook in record.last().into_iter().flat_map(|attempt| &attempt.hooks) {
        format::hook_lines(hook).iter().for_each(|line| text.notes.note("hook", line));
    }
    text.notes.raw_note("rerun", rerun);
    text.later_failures(record, index);
    text.snippets(record, index);
    text.notes.finish()
}

/// Renders a failure outside of any scenario, with the output of the hook that failed, if one did.
pub(super) fn render_hook_failure(
    failure: &Failure,
    hook: Option<&HookResult>,
    style: Style,
    columns: Option<usize>,
) -> String {
    let mut text = Diagnostic { notes: NoteWriter::new(style, columns) };
    text.message(&failure.message);
    text.failure(failure);
    text.hooks(hook);
    text.notes.finish()
}

/// Renders the leak of a scenario.
pub(super) fn render_leak(leak: &Leak, style: Style, columns: Option<usize>) -> String {
    let Leak { scenario, resources } = leak;
    let mut text = NoteWriter::new(style, columns);
    let count = pluralize(resources.len(), "resource");
    text.warning_heading(&format!("{:?} leaked {count}", scenario.name));
    text.arrow(scenario.selectable_location());
    for resource in resources {
        let resource = resource.to_string();
        let (label, detail) = resource.split_once(": ").unwrap_or(("leaked", &resource));
        text.note(label, detail);
    }
    text.finish()
}

/// The sections of a diagnostic.
struct Diagnostic {
    notes: NoteWriter,
}

impl Diagnostic {
    /// Writes the failures around the steps: of hooks and of dropped states.
    fn hook_sections(&mut self, record: &ScenarioRecord, rerun: &str) {
        for failure in record.last().into_iter().flat_map(|attempt| &attempt.failures) {
            self.message(&failure.message);
            self.notes.arrow(record.location());
            self.notes.note("scenario", &scenario_line(record));
            self.failure(failure);
            let hooks = record.last().map(|attempt| &attempt.hooks[..]).unwrap_or_default();
            let failed = |hook: &&Arc<HookResult>| hook.failure.as_ref() == Some(failure);
            self.hooks(hooks.iter().filter(failed).map(|hook| &**hook));
            self.notes.raw_note("rerun", rerun);
            self.notes.line("");
        }
    }

    /// Writes the problem of a step with its place in the feature file.
    fn problem(
        &mut self,
        record: &ScenarioRecord,
        index: usize,
        outcome: &Outcome,
        context: Context,
    ) {
        let problem = problem_text(outcome);
        let comparison = Comparison::parse(&problem);
        let message = comparison.as_ref().map_or(&problem, |comparison| &comparison.message);
        self.notes.heading(message);
        write_excerpt(&mut self.notes, &record.scenario, index, outcome, context);
        comparison.iter().for_each(|comparison| self.comparison(comparison));
    }

    /// Writes a message, and the difference of the values that it compares.
    fn message(&mut self, message: &str) {
        match Comparison::parse(message) {
            Some(comparison) => {
                self.notes.heading(&comparison.message);
                self.comparison(&comparison);
            }
            None => self.notes.heading(message),
        }
    }

    fn comparison(&mut self, comparison: &Comparison) {
        let style = self.notes.style;
        let of =
            |kind: fn(&Line) -> bool| comparison.lines.iter().filter(|line| kind(line)).count();
        let left = of(|line| matches!(line, Line::Left(_)));
        let right = of(|line| matches!(line, Line::Right(_)));
        let (left, right) =
            (style.failure(format!("- left {left}")), style.success(format!("+ right {right}")));
        self.notes.raw_note("difference", &format!("{left}, {right}"));
        for line in &comparison.lines {
            let line = match line {
                Line::Both(text) => self.notes.cut(&format!("    {text}"), 6),
                Line::Left(text) => style.failure(self.notes.cut(&format!("  - {text}"), 6)),
                Line::Right(text) => style.success(self.notes.cut(&format!("  + {text}"), 6)),
                Line::Omitted(count) => {
                    style.dim(format!("    … {}", pluralize(*count, "equal line")))
                }
            };
            self.notes.gutter_line(&line);
        }
    }

    fn definition(&mut self, step: &Step, result: &StepResult) {
        let Some(definition) = &result.definition else { return };
        let StepMatch { pattern, function, file, line, captures, parameters } = definition;
        self.notes.note("definition", &format!("{file}:{line} ({function}), {pattern:?}"));
        let arguments: Vec<_> = captures
            .iter()
            .enumerate()
            .map(|(index, range)| {
                let value = match range.clone().and_then(|range| step.text.get(range)) {
                    Some(text) => format!("{:?}", without_quotes(text)),
                    None => "nothing".to_owned(),
                };
                match parameters.get(index).filter(|name| !name.is_empty()) {
                    Some(name) => format!("{name} = {value}"),
                    None => value,
                }
            })
            .collect();
        if !arguments.is_empty() {
            self.notes.note("captured", &arguments.join(", "));
        }
    }

    fn cause_lines(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Failed(failure) => self.failure(failure),
            Outcome::Undefined { suggestions, .. } => {
                suggestions.iter().for_each(|near| self.notes.note("near", &near.to_string()));
            }
            Outcome::Ambiguous { candidates } => {
                candidates
                    .iter()
                    .for_each(|found| self.notes.note("candidate", &found.to_string()));
            }
            _ => {}
        }
    }

    fn failure(&mut self, failure: &Failure) {
        if let Some(conversion_error) = &failure.conversion_error {
            self.notes.note(
                "parameter",
                &format!("{}: {}", conversion_error.parameter, conversion_error.expected_type),
            );
        }
        if let Some(location) = &failure.location {
            self.notes.note("panicked at", &location.to_string());
        }
        for cause in &failure.causes {
            self.notes.note("caused by", cause);
        }
    }

    /// Writes the logs, output and attachments of hooks.
    fn hooks<'h>(&mut self, hooks: impl IntoIterator<Item = &'h HookResult>) {
        for hook in hooks {
            self.logs(&hook.logs);
            self.output(&hook.output);
            self.attachments(&hook.attachments);
        }
    }

    /// Writes the names of attachments, whose content cannot be shown here.
    fn attachments(&mut self, attachments: &[Attachment]) {
        for Attachment { name, media_type, content, .. } in attachments {
            let size = content.len();
            self.notes.note("attached", &format!("{name:?} ({media_type}, {size} bytes)"));
        }
    }

    fn logs(&mut self, logs: &[LogRecord]) {
        let hidden = logs.len().saturating_sub(MAX_LOG_RECORDS);
        if hidden > 0 {
            self.notes.note("log", &format!("… {hidden} earlier records"));
        }
        for entry in &logs[hidden..] {
            self.notes.note("log", &format!("{} {}", entry.level.as_str(), entry.message));
        }
    }

    fn output(&mut self, output: &str) {
        let lines: Vec<_> = output.lines().collect();
        let hidden = lines.len().saturating_sub(MAX_OUTPUT_LINES);
        if hidden > 0 {
            self.notes.note("printed", &format!("… {hidden} earlier lines"));
        }
        for line in &lines[hidden..] {
            self.notes.note("printed", line);
        }
    }

    /// Writes the steps that fail after the one that decides, such as further undefined ones.
    fn later_failures(&mut self, record: &ScenarioRecord, deciding: usize) {
        for (index, result) in results_from(record, deciding + 1) {
            if result.outcome.is_failure() {
                self.notes.line("");
                self.problem(record, index, &result.outcome, Context::None);
                self.cause_lines(&result.outcome);
            }
        }
    }

    /// Writes the definitions to paste for undefined steps, each once.
    fn snippets(&mut self, record: &ScenarioRecord, deciding: usize) {
        let mut snippets: Vec<&str> = Vec::new();
        for (_, result) in results_from(record, deciding) {
            if let Outcome::Undefined { snippet, .. } = &result.outcome
                && !snippet.is_empty()
                && !snippets.contains(&snippet.as_str())
            {
                snippets.push(snippet);
            }
        }
        if !snippets.is_empty() {
            let them = if snippets.len() == 1 { "it" } else { "them" };
            let name = record.scenario.one_line_name();
            self.notes
                .line(format_args!("\nDefine {them} for {name:?}:\n\n{}", snippets.join("\n")));
        }
    }
}

/// Returns the value of a captured string; other captures are their own value.
fn without_quotes(text: &str) -> &str {
    ['"', '\'']
        .iter()
        .find_map(|quote| text.strip_prefix(*quote)?.strip_suffix(*quote))
        .unwrap_or(text)
}

fn results_from(
    record: &ScenarioRecord,
    first: usize,
) -> impl Iterator<Item = (usize, &Arc<StepResult>)> {
    let results = record.last().map(|attempt| &attempt.results[..]).unwrap_or_default();
    results.iter().enumerate().skip(first)
}

fn scenario_line(record: &ScenarioRecord) -> String {
    let mut line = record.scenario.display_name();
    if record.attempts.len() > 1 {
        line.push_str(&format!(", attempt {}", record.attempts.len()));
    }
    line
}
