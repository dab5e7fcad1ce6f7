//! Counts and durations as the terminal reports print them.

use std::time::Duration;

use crate::model::HookResult;
use crate::report::{Style, Totals};
use crate::text::pluralize;

/// Returns a line for each log record, line of output and attachment of a hook.
pub(super) fn hook_lines(hook: &HookResult) -> Vec<String> {
    let name = &hook.function;
    let mut lines = Vec::new();
    for entry in &hook.logs {
        lines.push(format!("{name}: {} {}", entry.level.as_str(), entry.message));
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

/// Formats a duration with the unit that leaves one to three digits before the point.
pub(super) fn format_duration(duration: Duration) -> String {
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

/// Returns the last line of a report, such as `7 scenarios (6 passed, 1 failed), 63 steps (62 passed, 1 failed) in 8.1 ms`.
pub(super) fn summary(totals: &Totals, duration: Duration, style: Style) -> String {
    let mut scenarios = Vec::new();
    if totals.passed > 0 || totals.scenarios() == 0 {
        scenarios.push(format!("{} passed", totals.passed));
    }
    if totals.failed > 0 {
        scenarios.push(style.failure(format_args!("{} failed", totals.failed)));
    }
    if totals.flaky > 0 {
        scenarios.push(style.warning(format_args!("{} flaky", totals.flaky)));
    }
    if totals.skipped > 0 {
        scenarios.push(style.warning(format_args!("{} skipped", totals.skipped)));
    }
    let steps: Vec<_> =
        totals.steps.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    let step_count: usize = totals.steps.values().sum();
    let mut text = format!(
        "{}, {} in {}",
        with_details(&pluralize(totals.scenarios(), "scenario"), &scenarios),
        with_details(&pluralize(step_count, "step"), &steps),
        format_duration(duration)
    );
    if totals.interrupted {
        text.push('\n');
        let count = pluralize(totals.not_run(), "scenario");
        text.push_str(
            &style.failure(format_args!("interrupted before all scenarios ran: {count} not run")),
        );
    }
    text
}

fn with_details(count: &str, details: &[String]) -> String {
    if details.is_empty() { count.to_owned() } else { format!("{count} ({})", details.join(", ")) }
}
