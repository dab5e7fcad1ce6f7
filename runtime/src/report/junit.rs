//! JUnit XML, as CI systems read it: a suite for each feature file, a case for each scenario.
//!
//! A flaky scenario is a passed case with `flakyFailure` elements, tries of a failed one are
//! `rerunFailure` elements: the form Maven Surefire introduced and most readers know.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::story::{Attempt, InOrder};
use super::time::rfc3339;
use super::words::level;
use super::{Report, Story, Totals, Verdict};
use crate::model::{Attachment, Event, Failure, HookResult, Outcome, Scenario};

/// Writes a run as JUnit XML, at its end.
#[derive(Debug)]
pub struct Junit<W> {
    out: W,
    began: SystemTime,
    in_order: InOrder,
    suites: Vec<Suite>,
}

#[derive(Debug)]
struct Suite {
    path: Arc<str>,
    name: Arc<str>,
    tests: usize,
    failures: usize,
    skipped: usize,
    time: Duration,
    cases: String,
}

impl<W: Write> Junit<W> {
    /// A report written to `out`.
    pub fn new(out: W) -> Self {
        Self {
            out,
            began: SystemTime::UNIX_EPOCH,
            in_order: InOrder::default(),
            suites: Vec::new(),
        }
    }

    fn tell(&mut self, story: &Story) {
        let suite = self.suite(&story.scenario);
        suite.tests += 1;
        suite.time += story.duration();
        match story.verdict() {
            Verdict::Failed => suite.failures += 1,
            Verdict::Skipped => suite.skipped += 1,
            Verdict::Passed | Verdict::Flaky => {}
        }
        case(&mut suite.cases, story);
    }

    fn suite(&mut self, scenario: &Scenario) -> &mut Suite {
        let path = &scenario.place.path;
        // Files come one after the other unless the run is shuffled: look at the last one first.
        let index =
            self.suites.iter().rposition(|suite| suite.path == *path).unwrap_or_else(|| {
                self.suites.push(Suite {
                    path: Arc::clone(path),
                    name: Arc::clone(&scenario.feature),
                    tests: 0,
                    failures: 0,
                    skipped: 0,
                    time: Duration::ZERO,
                    cases: String::new(),
                });
                self.suites.len() - 1
            });
        &mut self.suites[index]
    }
}

impl<W: Write> Report for Junit<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        if let Event::RunStarted { time, .. } = event {
            self.began = *time;
        }
        Ok(())
    }

    fn scenario(&mut self, story: &Arc<Story>) -> io::Result<()> {
        self.in_order.take(story);
        while let Some(story) = self.in_order.ready() {
            self.tell(&story);
        }
        Ok(())
    }

    fn finish(&mut self, totals: &Totals, duration: Duration) -> io::Result<()> {
        for story in self.in_order.rest() {
            self.tell(&story);
        }
        let began = rfc3339(self.began);
        let hooks = totals.failures.len();
        let mut said = String::new();
        self::hooks(&mut said, &totals.hooks);
        writeln!(self.out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
        writeln!(
            self.out,
            r#"<testsuites name="harmony-bdd" tests="{}" failures="{}" errors="{hooks}" skipped="{}" time="{}" timestamp="{began}">"#,
            totals.scenarios() + hooks,
            totals.failed,
            totals.skipped,
            seconds(duration)
        )?;
        for suite in &self.suites {
            let Suite { path, name, tests, failures, skipped, time, cases } = suite;
            writeln!(
                self.out,
                r#"  <testsuite name="{}" file="{}" tests="{tests}" failures="{failures}" errors="0" skipped="{skipped}" time="{}" timestamp="{began}">"#,
                escaped(name),
                escaped(path),
                seconds(*time)
            )?;
            self.out.write_all(cases.as_bytes())?;
            writeln!(self.out, "  </testsuite>")?;
        }
        if hooks > 0 || !said.is_empty() {
            writeln!(
                self.out,
                r#"  <testsuite name="hooks" tests="{hooks}" failures="0" errors="{hooks}" skipped="0" time="0" timestamp="{began}">"#
            )?;
            for (number, failure) in totals.failures.iter().enumerate() {
                writeln!(
                    self.out,
                    "    <testcase name=\"hook {}\" classname=\"hooks\" time=\"0\">\n      <error type=\"hook\" message=\"{}\"/>\n    </testcase>",
                    number + 1,
                    escaped(&failure.message)
                )?;
            }
            if !said.is_empty() {
                writeln!(self.out, "    <system-out>{}</system-out>", escaped(&said))?;
            }
            writeln!(self.out, "  </testsuite>")?;
        }
        writeln!(self.out, "</testsuites>")?;
        self.out.flush()
    }
}

fn case(xml: &mut String, story: &Story) {
    let Scenario { name, feature, rule, example, place, .. } = &*story.scenario;
    let row = example.as_ref().map_or(String::new(), |row| format!(" (row at line {})", row.line));
    let class = match rule {
        Some(rule) => format!("{feature}: {rule}"),
        None => feature.to_string(),
    };
    push(
        xml,
        format_args!(
            r#"    <testcase name="{}{row}" classname="{}" file="{}" line="{}" time="{}">"#,
            escaped(name),
            escaped(&class),
            escaped(&place.path),
            story.place().line,
            seconds(story.duration())
        ),
    );
    let (last, before) = match story.attempts.split_last() {
        Some((last, before)) => (Some(last), before),
        None => (None, &[][..]),
    };
    match story.verdict() {
        Verdict::Failed => {
            for (kind, message, text) in last.into_iter().flat_map(|last| troubles(story, last)) {
                element(xml, "failure", kind, &message, &text);
            }
            retries(xml, "rerunFailure", story, before);
        }
        Verdict::Flaky => retries(xml, "flakyFailure", story, before),
        Verdict::Skipped => {
            let reason = match story.decisive().map(|(_, result)| &result.outcome) {
                Some(Outcome::Skipped { reason: Some(reason) }) => reason.as_str(),
                _ => "no steps",
            };
            push(xml, format_args!(r#"      <skipped message="{}"/>"#, escaped(reason)));
        }
        Verdict::Passed => {}
    }
    if let Some(last) = last {
        output(xml, story, last);
    }
    push(xml, format_args!("    </testcase>"));
}

fn retries(xml: &mut String, name: &str, story: &Story, attempts: &[Attempt]) {
    for attempt in attempts {
        for (kind, message, text) in troubles(story, attempt) {
            element(xml, name, kind, &message, &text);
        }
    }
}

/// What went wrong in a try: kind, one line, the whole text.
fn troubles(story: &Story, attempt: &Attempt) -> Vec<(&'static str, String, String)> {
    let hook = |failure: &Arc<Failure>| ("hook", failure.message.clone(), failure.to_string());
    let mut troubles: Vec<_> = attempt.failures.iter().map(hook).collect();
    if let Some((index, result)) = attempt.decisive().filter(|(_, r)| r.outcome.is_red())
        && let Some(step) = story.scenario.steps.get(index)
    {
        let whole = result.outcome.to_string();
        let message = whole.lines().next().unwrap_or_default().to_owned();
        let mut text = format!("{} {}\n  at {}\n{whole}", step.keyword_text, step.text, step.place);
        if let Outcome::Failed(failure) = &result.outcome {
            for cause in &failure.causes {
                let _ = write!(text, "\ncaused by: {cause}");
            }
        }
        if let Some(definition) = &result.definition {
            let _ = write!(text, "\ndefinition: {}:{}", definition.file, definition.line);
        }
        troubles.push((result.outcome.word(), message, text));
    }
    troubles
}

fn element(xml: &mut String, name: &str, kind: &str, message: &str, text: &str) {
    push(
        xml,
        format_args!(
            r#"      <{name} type="{kind}" message="{}">{}</{name}>"#,
            escaped(message),
            escaped(text)
        ),
    );
}

/// What the steps, and the hooks around them, printed, logged and attached.
fn output(xml: &mut String, story: &Story, attempt: &Attempt) {
    let mut text = String::new();
    hooks(&mut text, attempt.hooks.iter().filter(|hook| !hook.kind.is_after()));
    for (step, result) in story.scenario.steps.iter().zip(&attempt.results) {
        if result.output.is_empty() && result.logs.is_empty() && result.attachments.is_empty() {
            continue;
        }
        push(&mut text, format_args!("{} {}", step.keyword_text, step.text));
        for record in &result.logs {
            push(&mut text, format_args!("  {} {}", level(record.level), record.message));
        }
        for line in result.output.lines() {
            push(&mut text, format_args!("  | {line}"));
        }
        attached(&mut text, &result.attachments);
    }
    hooks(&mut text, attempt.hooks.iter().filter(|hook| hook.kind.is_after()));
    if !text.is_empty() {
        push(xml, format_args!("      <system-out>{}</system-out>", escaped(&text)));
    }
}

fn hooks<'h>(text: &mut String, hooks: impl IntoIterator<Item = &'h Arc<HookResult>>) {
    for hook in hooks.into_iter().filter(|hook| hook.says_something()) {
        push(text, format_args!("{}", hook.name()));
        for record in &hook.logs {
            push(text, format_args!("  {} {}", level(record.level), record.message));
        }
        for line in hook.output.lines() {
            push(text, format_args!("  | {line}"));
        }
        attached(text, &hook.attachments);
    }
}

/// Texts as they are; of other things what they are called.
fn attached(text: &mut String, attachments: &[Attachment]) {
    for Attachment { name, media_type, content, .. } in attachments {
        let size = content.len();
        push(text, format_args!("  attached {name:?} ({media_type}, {size} bytes)"));
        if media_type.starts_with("text/") {
            let content = String::from_utf8_lossy(content);
            content.lines().for_each(|line| push(text, format_args!("    {line}")));
        }
    }
}

fn push(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a `String` cannot fail.
    let _ = writeln!(text, "{line}");
}

fn seconds(duration: Duration) -> String {
    format!("{:.6}", duration.as_secs_f64())
}

/// Text for an element or an attribute. What XML cannot hold at all becomes U+FFFD.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push_str("&#10;"),
            '\t' => escaped.push(c),
            c if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') => escaped.push('\u{FFFD}'),
            c => escaped.push(c),
        }
    }
    escaped
}
