//! A failed scenario rendered like an error of rustc: the problem, its location, and what to do.

use std::fmt::Write;
use std::fs;
use std::sync::Arc;

use super::format::{self, format_duration};
use crate::model::{Attachment, Failure, HookResult, Leak, Outcome, Step, StepMatch, StepResult};
use crate::report::{ScenarioRecord, Style};
use crate::text::{blank_of_same_width, display_width, pluralize};

/// Maximum number of output lines shown: the last ones, which are nearest to the failure.
const MAX_OUTPUT_LINES: usize = 40;

/// Renders the failure of a scenario; `rerun` is the command that reruns it.
pub(super) fn render_failure(record: &ScenarioRecord, rerun: &str, style: Style) -> String {
    let mut text = Diagnostic { text: String::new(), style, gutter: 1 };
    text.hook_sections(record, rerun);
    let Some((index, result)) =
        record.deciding_step().filter(|(_, result)| result.outcome.is_failure())
    else {
        return text.finish();
    };
    let Some(step) = record.scenario.steps.get(index) else { return text.finish() };
    text.gutter = step.location.line.to_string().len();
    let heading = heading(&result.outcome);
    text.heading(&heading);
    text.source_excerpt(step, &result.outcome);
    text.note("scenario", &scenario_line(record));
    text.definition(step, result);
    text.cause_lines(&result.outcome);
    for entry in &result.logs {
        text.note("log", &format!("{} {}", entry.level.as_str(), entry.message));
    }
    for part in &result.per_process {
        text.note("process", &format!("{}: {}", part.process, part.outcome));
    }
    text.output(&result.output);
    text.attachments(&result.attachments);
    for hook in record.last().into_iter().flat_map(|attempt| &attempt.hooks) {
        format::hook_lines(hook).iter().for_each(|line| text.note("hook", line));
    }
    text.note("rerun", rerun);
    let results = record.last().map(|attempt| &attempt.results[..]).unwrap_or_default();
    let later = record.scenario.steps.iter().zip(results).skip(index + 1);
    let mut snippets = Vec::new();
    collect_snippet(&mut snippets, &result.outcome);
    for (step, result) in later.filter(|(_, result)| result.outcome.is_failure()) {
        text.line(format_args!(""));
        text.heading(&self::heading(&result.outcome));
        text.source_excerpt(step, &result.outcome);
        text.cause_lines(&result.outcome);
        collect_snippet(&mut snippets, &result.outcome);
    }
    if !snippets.is_empty() {
        let heading = if snippets.len() == 1 { "Define it:" } else { "Define them:" };
        text.line(format_args!("\n{heading}\n\n{}", snippets.join("\n")));
    }
    text.finish()
}

/// Adds the snippet of an undefined step, unless another step has the same.
fn collect_snippet<'o>(snippets: &mut Vec<&'o str>, outcome: &'o Outcome) {
    if let Outcome::Undefined { snippet, .. } = outcome
        && !snippet.is_empty()
        && !snippets.contains(&snippet.as_str())
    {
        snippets.push(snippet);
    }
}

/// Renders a failure outside of any scenario, with the output of the hook that failed, if one did.
pub(super) fn render_hook_failure(
    failure: &Failure,
    hook: Option<&HookResult>,
    style: Style,
) -> String {
    let mut text = Diagnostic { text: String::new(), style, gutter: 1 };
    text.heading(&failure.message);
    text.failure(failure);
    text.hooks(hook);
    text.finish()
}

/// Renders the leak of a scenario.
pub(super) fn render_leak(leak: &Leak, style: Style) -> String {
    let Leak { scenario, resources } = leak;
    let mut text = Diagnostic { text: String::new(), style, gutter: 1 };
    let (warning, heading) = (
        style.warning("warning"),
        style.bold(format_args!(
            ": {:?} leaked {}",
            scenario.name,
            pluralize(resources.len(), "resource")
        )),
    );
    text.line(format_args!("{warning}{heading}"));
    let location = scenario.selectable_location();
    text.line(format_args!("{} {location}", style.dim(" -->")));
    for resource in resources {
        let resource = resource.to_string();
        let (label, detail) = resource.split_once(": ").unwrap_or(("leaked", &resource));
        text.note(label, detail);
    }
    text.finish()
}

/// The text of a diagnostic, being written.
struct Diagnostic {
    text: String,
    style: Style,
    /// The width of the line number shown.
    gutter: usize,
}

impl Diagnostic {
    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        // Writing to a `String` cannot fail.
        let _ = writeln!(self.text, "{line}");
    }

    fn finish(mut self) -> String {
        self.text.truncate(self.text.trim_end().len());
        self.text
    }

    fn heading(&mut self, heading: &str) {
        let (error, heading) =
            (self.style.failure("error"), self.style.bold(format!(": {heading}")));
        self.line(format_args!("{error}{heading}"));
    }

    /// Writes the failures around the steps: of hooks and of dropped states.
    fn hook_sections(&mut self, record: &ScenarioRecord, rerun: &str) {
        for failure in record.last().into_iter().flat_map(|attempt| &attempt.failures) {
            self.heading(&failure.message);
            let location = record.location();
            self.line(format_args!("{} {location}", self.style.dim(" -->")));
            self.note("scenario", &scenario_line(record));
            self.failure(failure);
            let hooks = record.last().map(|attempt| &attempt.hooks[..]).unwrap_or_default();
            let failed = |hook: &&Arc<HookResult>| hook.failure.as_ref() == Some(failure);
            self.hooks(hooks.iter().filter(failed).map(|hook| &**hook));
            self.note("rerun", rerun);
            self.line(format_args!(""));
        }
    }

    fn note(&mut self, label: &str, note: &str) {
        let margin = " ".repeat(self.gutter);
        let mut lines = note.lines();
        let first = lines.next().unwrap_or_default();
        let label = self.style.bold(label);
        self.line(format_args!("{margin} {} {label}: {first}", self.style.dim("=")));
        for line in lines {
            self.line(format_args!("{margin}     {line}"));
        }
    }

    /// Writes the line of the feature file with carets under the step, or under the capture at fault.
    fn source_excerpt(&mut self, step: &Step, outcome: &Outcome) {
        let number = step.location.line.to_string();
        let margin = " ".repeat(self.gutter);
        let indent = step.location.column.saturating_sub(1) as usize;
        // The file is read again, as failures are rare and keeping the lines of all steps costs memory.
        let line = fs::read_to_string(&*step.location.path)
            .ok()
            .and_then(|file| {
                file.lines().nth((step.location.line as usize).checked_sub(1)?).map(str::to_owned)
            })
            .filter(|line| line.contains(step.keyword_text))
            .unwrap_or_else(|| {
                format!("{}{} {}", " ".repeat(indent), step.keyword_text, step.text)
            });
        let (before, marked) = highlight_span(&line, step, outcome)
            .unwrap_or_else(|| (indent, line.trim_end().chars().count().saturating_sub(indent)));
        let before_text: String = line.chars().take(before).collect();
        let marked_text: String = line.chars().skip(before).take(marked).collect();
        let blank = blank_of_same_width(&before_text);
        let bar = self.style.dim("|");
        let caret = self.style.failure("^".repeat(display_width(&marked_text).max(1)));
        self.line(format_args!("{margin}{} {}", self.style.dim("-->"), step.location));
        self.line(format_args!("{margin} {bar}"));
        self.line(format_args!("{} {bar} {}", self.style.dim(&number), line.trim_end()));
        self.line(format_args!("{margin} {bar} {blank}{caret}"));
        let shown = line.trim_end().ends_with(step.text.trim_end());
        if !shown {
            // In an outline the file has placeholders where the step has values.
            self.note("step", &format!("{} {}", step.keyword_text, step.text));
        }
    }

    fn definition(&mut self, step: &Step, result: &StepResult) {
        let Some(definition) = &result.definition else { return };
        let StepMatch { pattern, function, file, line, captures } = definition;
        self.note("definition", &format!("{file}:{line} ({function}), {pattern:?}"));
        let captured: Vec<_> = captures
            .iter()
            .map(|range| match range.clone().and_then(|range| step.text.get(range)) {
                Some(text) => format!("{text:?}"),
                None => "nothing".to_owned(),
            })
            .collect();
        if !captured.is_empty() {
            self.note("captured", &captured.join(", "));
        }
    }

    fn cause_lines(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Failed(failure) => self.failure(failure),
            Outcome::Undefined { suggestions, .. } => {
                suggestions.iter().for_each(|candidate| self.note("near", &candidate.to_string()));
            }
            Outcome::Ambiguous { candidates } => {
                candidates.iter().for_each(|found| self.note("candidate", &found.to_string()));
            }
            _ => {}
        }
    }

    fn failure(&mut self, failure: &Failure) {
        if let Some(conversion_error) = &failure.conversion_error {
            self.note(
                "parameter",
                &format!("{}: {}", conversion_error.parameter, conversion_error.expected_type),
            );
        }
        if let Some(location) = &failure.location {
            self.note("panicked at", &location.to_string());
        }
        for cause in &failure.causes {
            self.note("caused by", cause);
        }
    }

    /// Writes the logs, output and attachments of hooks.
    fn hooks<'h>(&mut self, hooks: impl IntoIterator<Item = &'h HookResult>) {
        for hook in hooks {
            for entry in &hook.logs {
                self.note("log", &format!("{} {}", entry.level.as_str(), entry.message));
            }
            self.output(&hook.output);
            self.attachments(&hook.attachments);
        }
    }

    /// Writes the names of attachments, whose content cannot be shown here.
    fn attachments(&mut self, attachments: &[Attachment]) {
        for Attachment { name, media_type, content, .. } in attachments {
            let size = content.len();
            self.note("attached", &format!("{name:?} ({media_type}, {size} bytes)"));
        }
    }

    fn output(&mut self, output: &str) {
        let lines: Vec<_> = output.lines().collect();
        let hidden = lines.len().saturating_sub(MAX_OUTPUT_LINES);
        if hidden > 0 {
            self.note("printed", &format!("… {hidden} earlier lines"));
        }
        for line in &lines[hidden..] {
            self.note("printed", line);
        }
    }
}

fn heading(outcome: &Outcome) -> String {
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
        Outcome::Passed | Outcome::Skipped { .. } => outcome.as_str().to_owned(),
    }
}

fn scenario_line(record: &ScenarioRecord) -> String {
    let mut line = record.scenario.display_name();
    if record.attempts.len() > 1 {
        line.push_str(&format!(", attempt {}", record.attempts.len()));
    }
    line
}

/// Returns the number of characters in `line` before the capture at fault, and the length of the capture.
fn highlight_span(line: &str, step: &Step, outcome: &Outcome) -> Option<(usize, usize)> {
    let Outcome::Failed(Failure { conversion_error: Some(conversion_error), .. }) = outcome else {
        return None;
    };
    let range = conversion_error.range.clone()?;
    let text_start = line.rfind(&step.text)?;
    let before = line[..text_start].chars().count() + step.text.get(..range.start)?.chars().count();
    Some((before, step.text.get(range)?.chars().count()))
}
