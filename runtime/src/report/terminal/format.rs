//! Counts and durations as the terminal reports print them.

use std::time::Duration;

use crate::model::HookResult;
use crate::report::{Style, Totals};
use crate::text::{format_duration, pluralize};

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

/// Returns the last line of a report, such as `7 scenarios (6 passed, 1 failed), 63 steps (62 passed, 1 failed) in 8.1 ms`.
pub(super) fn summary(totals: &Totals, duration: Duration, style: Style) -> String {
    let mut scenarios = Vec::new();
    if totals.passed > 0 || totals.selected == 0 {
        scenarios.push(format!("{} passed", totals.passed));
    }
    if totals.failed > 0 {
        scenarios.push(style.failure(format_args!("{} failed", totals.failed)));
    }
    for (count, word) in [
        (totals.flaky, "flaky"),
        (totals.unsupported, "unsupported"),
        (totals.skipped, "skipped"),
        (totals.cut_short, "interrupted"),
        (totals.not_run(), "not run"),
    ] {
        if count > 0 {
            scenarios.push(style.warning(format_args!("{count} {word}")));
        }
    }
    let steps: Vec<_> =
        totals.steps.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    let step_count: usize = totals.steps.values().sum();
    format!(
        "{}, {} in {}",
        with_details(&pluralize(totals.selected, "scenario"), &scenarios),
        with_details(&pluralize(step_count, "step"), &steps),
        format_duration(duration)
    )
}

fn with_details(count: &str, details: &[String]) -> String {
    if details.is_empty() { count.to_owned() } else { format!("{count} ({})", details.join(", ")) }
}
