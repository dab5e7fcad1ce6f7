//! One scenario that did not pass, told the way rustc tells an error: what, where, and what to do.

use std::fmt::Write;
use std::fs;
use std::sync::Arc;

use super::words::{self, level, readable};
use super::{Story, Style};
use crate::model::{Attachment, Failure, HookResult, Leak, Outcome, Step, StepMatch, StepResult};

/// Lines of what a step printed that are shown; the last ones, as those are nearest to the failure.
const PRINTED_LINES: usize = 40;

/// The full text about the step that decided; `rerun` is the command that runs it again.
pub(super) fn explain(story: &Story, rerun: &str, style: Style) -> String {
    let mut text = Text { text: String::new(), style, gutter: 1 };
    text.around(story, rerun);
    let Some((index, result)) = story.decisive().filter(|(_, result)| result.outcome.is_red())
    else {
        return text.finished();
    };
    let Some(step) = story.scenario.steps.get(index) else { return text.finished() };
    text.gutter = step.place.line.to_string().len();
    let heading = heading(&result.outcome);
    text.heading(&heading);
    text.point(step, &result.outcome);
    text.note("scenario", &scenario_line(story));
    text.definition(step, result);
    text.reasons(&result.outcome);
    for record in &result.logs {
        text.note("log", &format!("{} {}", level(record.level), record.message));
    }
    for part in &result.parts {
        text.note("process", &format!("{}: {}", part.process, part.outcome));
    }
    text.printed(&result.output);
    text.attached(&result.attachments);
    for hook in story.last().into_iter().flat_map(|attempt| &attempt.hooks) {
        words::of_hook(hook).iter().for_each(|line| text.note("hook", line));
    }
    text.note("rerun", rerun);
    if let Outcome::Undefined { snippet, .. } = &result.outcome
        && !snippet.is_empty()
    {
        text.line(format_args!("\nDefine it:\n\n{snippet}"));
    }
    text.finished()
}

/// The full text about something that went wrong outside of any scenario, in this hook, if it was one.
pub(super) fn explain_hook(failure: &Failure, hook: Option<&HookResult>, style: Style) -> String {
    let mut text = Text { text: String::new(), style, gutter: 1 };
    text.heading(&failure.message);
    text.failure(failure);
    text.hooks(hook);
    text.finished()
}

/// What a scenario left behind.
pub(super) fn explain_leak(leak: &Leak, style: Style) -> String {
    let Leak { scenario, left } = leak;
    let mut text = Text { text: String::new(), style, gutter: 1 };
    let things = if left.len() == 1 { "something" } else { "things" };
    let (warning, heading) = (
        style.odd("warning"),
        style.strong(format_args!(": {:?} left {things} behind", scenario.name)),
    );
    text.line(format_args!("{warning}{heading}"));
    let place = scenario.example.as_ref().unwrap_or(&scenario.place);
    text.line(format_args!("{} {place}", style.faint(" -->")));
    for leftover in left {
        let leftover = leftover.to_string();
        let (what, which) = leftover.split_once(": ").unwrap_or(("left", &leftover));
        text.note(what, which);
    }
    text.finished()
}

struct Text {
    text: String,
    style: Style,
    /// Digits of the line number that is shown.
    gutter: usize,
}

impl Text {
    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        // Writing to a `String` cannot fail.
        let _ = writeln!(self.text, "{line}");
    }

    fn finished(mut self) -> String {
        self.text.truncate(self.text.trim_end().len());
        self.text
    }

    fn heading(&mut self, heading: &str) {
        let (error, heading) = (self.style.bad("error"), self.style.strong(format!(": {heading}")));
        self.line(format_args!("{error}{heading}"));
    }

    /// What went wrong around the steps: hooks and the end of states.
    fn around(&mut self, story: &Story, rerun: &str) {
        for failure in story.last().into_iter().flat_map(|attempt| &attempt.failures) {
            self.heading(&failure.message);
            let place = story.place();
            self.line(format_args!("{} {place}", self.style.faint(" -->")));
            self.note("scenario", &scenario_line(story));
            self.failure(failure);
            let hooks = story.last().map(|attempt| &attempt.hooks[..]).unwrap_or_default();
            let failed = |hook: &&Arc<HookResult>| hook.failure.as_ref() == Some(failure);
            self.hooks(hooks.iter().filter(failed).map(|hook| &**hook));
            self.note("rerun", rerun);
            self.line(format_args!(""));
        }
    }

    fn note(&mut self, what: &str, note: &str) {
        let margin = " ".repeat(self.gutter);
        let mut lines = note.lines();
        let first = lines.next().unwrap_or_default();
        let what = self.style.strong(what);
        self.line(format_args!("{margin} {} {what}: {first}", self.style.faint("=")));
        for line in lines {
            self.line(format_args!("{margin}     {line}"));
        }
    }

    /// The line of the feature file with a caret under the step, or under the capture at fault.
    fn point(&mut self, step: &Step, outcome: &Outcome) {
        let number = step.place.line.to_string();
        let margin = " ".repeat(self.gutter);
        let indent = step.place.column.saturating_sub(1) as usize;
        // Read again rather than carried along: failures are rare, and lines of all steps are not.
        let line = fs::read_to_string(&*step.place.path)
            .ok()
            .and_then(|file| {
                file.lines().nth((step.place.line as usize).checked_sub(1)?).map(str::to_owned)
            })
            .filter(|line| line.contains(step.keyword_text))
            .unwrap_or_else(|| {
                format!("{}{} {}", " ".repeat(indent), step.keyword_text, step.text)
            });
        let (before, marked) = marked(&line, step, outcome)
            .unwrap_or_else(|| (indent, line.chars().count().saturating_sub(indent)));
        let blank: String =
            line.chars().take(before).map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
        let bar = self.style.faint("|");
        let caret = self.style.bad("^".repeat(marked.max(1)));
        self.line(format_args!("{margin}{} {}", self.style.faint("-->"), step.place));
        self.line(format_args!("{margin} {bar}"));
        self.line(format_args!("{} {bar} {}", self.style.faint(&number), line.trim_end()));
        self.line(format_args!("{margin} {bar} {blank}{caret}"));
        let shown = line.trim_end().ends_with(step.text.trim_end());
        if !shown {
            // A row of an outline: the file holds placeholders, the step values.
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

    fn reasons(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Failed(failure) => self.failure(failure),
            Outcome::Undefined { near, .. } => {
                near.iter().for_each(|candidate| self.note("near", &candidate.to_string()));
            }
            Outcome::Ambiguous { candidates } => {
                candidates.iter().for_each(|found| self.note("candidate", &found.to_string()));
            }
            _ => {}
        }
    }

    fn failure(&mut self, failure: &Failure) {
        if let Some(misfit) = &failure.misfit {
            self.note("parameter", &format!("{}: {}", misfit.parameter, misfit.wanted));
        }
        if let Some(place) = &failure.place {
            self.note("panicked at", &place.to_string());
        }
        for cause in &failure.causes {
            self.note("caused by", cause);
        }
    }

    /// What hooks logged, printed and attached.
    fn hooks<'h>(&mut self, hooks: impl IntoIterator<Item = &'h HookResult>) {
        for hook in hooks {
            for record in &hook.logs {
                self.note("log", &format!("{} {}", level(record.level), record.message));
            }
            self.printed(&hook.output);
            self.attached(&hook.attachments);
        }
    }

    /// What cannot be shown here is at least mentioned.
    fn attached(&mut self, attachments: &[Attachment]) {
        for Attachment { name, media_type, content, .. } in attachments {
            let size = content.len();
            self.note("attached", &format!("{name:?} ({media_type}, {size} bytes)"));
        }
    }

    fn printed(&mut self, output: &str) {
        let lines: Vec<_> = output.lines().collect();
        let hidden = lines.len().saturating_sub(PRINTED_LINES);
        if hidden > 0 {
            self.note("printed", &format!("… {hidden} lines before these"));
        }
        for line in &lines[hidden..] {
            self.note("printed", line);
        }
    }
}

fn heading(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Failed(Failure { misfit: Some(misfit), .. }) => {
            format!("capture {} {:?} does not fit: {}", misfit.number, misfit.text, misfit.reason)
        }
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

fn scenario_line(story: &Story) -> String {
    let mut line = story.scenario.name.clone();
    if let Some(row) = &story.scenario.example {
        line.push_str(&format!(" (row at line {})", row.line));
    }
    if story.attempts.len() > 1 {
        line.push_str(&format!(", try {}", story.attempts.len()));
    }
    line
}

/// Characters before the capture at fault and how many it has, where it stands in `line`.
fn marked(line: &str, step: &Step, outcome: &Outcome) -> Option<(usize, usize)> {
    let Outcome::Failed(Failure { misfit: Some(misfit), .. }) = outcome else { return None };
    let range = misfit.range.clone()?;
    let text_begins = line.rfind(&step.text)?;
    let before =
        line[..text_begins].chars().count() + step.text.get(..range.start)?.chars().count();
    Some((before, step.text.get(range)?.chars().count()))
}
