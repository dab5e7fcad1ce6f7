//! Numbers and times in words, the same in every report for people.

use std::borrow::Cow;
use std::time::Duration;

use super::{Style, Totals};
use crate::model::{HookResult, LogLevel};

pub(super) fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

pub(super) fn level(level: LogLevel) -> &'static str {
    match level {
        LogLevel::Trace => "trace",
        LogLevel::Debug => "debug",
        LogLevel::Info => "info",
        LogLevel::Warn => "warn",
        LogLevel::Error => "error",
    }
}

/// What a hook logged, printed and attached, a line for each.
pub(super) fn of_hook(hook: &HookResult) -> Vec<String> {
    let name = &hook.function;
    let mut lines = Vec::new();
    for record in &hook.logs {
        lines.push(format!("{name}: {} {}", level(record.level), record.message));
    }
    for line in hook.output.lines() {
        lines.push(format!("{name} | {line}"));
    }
    for attachment in &hook.attachments {
        let (attached, media_type) = (&attachment.name, &attachment.media_type);
        lines.push(format!("{name}: attached {attached:?} ({media_type})"));
    }
    lines
}

/// A word of a command line, in quotes where a shell would take it for something else.
pub(crate) fn for_a_shell(word: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./:=@%+,".contains(c);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => Cow::Borrowed(word),
        false => Cow::Owned(format!("'{}'", word.replace('\'', r"'\''"))),
    }
}

/// A duration with the unit that leaves one to three digits before the point.
pub(super) fn readable(duration: Duration) -> String {
    let micros = duration.as_secs_f64() * 1e6;
    if micros < 1e3 {
        format!("{micros:.0} µs")
    } else if micros < 1e6 {
        format!("{:.1} ms", micros / 1e3)
    } else if micros < 60e6 {
        format!("{:.2} s", micros / 1e6)
    } else {
        format!("{} min {:02} s", duration.as_secs() / 60, duration.as_secs() % 60)
    }
}

/// `7 scenarios (6 passed, 1 failed), 63 steps (62 passed, 1 failed) in 8.1 ms`.
pub(super) fn summary(totals: &Totals, duration: Duration, style: Style) -> String {
    let mut scenarios = Vec::new();
    if totals.passed > 0 || totals.scenarios() == 0 {
        scenarios.push(format!("{} passed", totals.passed));
    }
    if totals.failed > 0 {
        scenarios.push(style.bad(format_args!("{} failed", totals.failed)));
    }
    if totals.flaky > 0 {
        scenarios.push(style.odd(format_args!("{} flaky", totals.flaky)));
    }
    if totals.skipped > 0 {
        scenarios.push(style.odd(format_args!("{} skipped", totals.skipped)));
    }
    let steps: Vec<_> =
        totals.steps.iter().map(|(word, count)| format!("{count} {word}")).collect();
    let step_count: usize = totals.steps.iter().map(|(_, count)| count).sum();
    let mut text = format!(
        "{}, {} in {}",
        detailed(&counted(totals.scenarios(), "scenario"), &scenarios),
        detailed(&counted(step_count, "step"), &steps),
        readable(duration)
    );
    if totals.interrupted {
        text.push('\n');
        text.push_str(&style.bad("stopped before all scenarios had run"));
    }
    text
}

fn detailed(what: &str, details: &[String]) -> String {
    if details.is_empty() { what.to_owned() } else { format!("{what} ({})", details.join(", ")) }
}
