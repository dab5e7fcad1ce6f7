//! Every step of a scenario with its duration, log and output.

use std::io::{self, Write};

use super::format;
use super::style::Style;
use crate::model::{HookSide, Outcome};
use crate::report::ScenarioRecord;
use crate::text::format_duration;

/// Writes the steps of the last attempt and the hooks around them.
pub(super) fn write_steps(
    out: &mut impl Write,
    record: &ScenarioRecord,
    style: Style,
) -> io::Result<()> {
    write_hooks(out, record, HookSide::Before, style)?;
    let results = record.last().map(|attempt| &attempt.results[..]).unwrap_or_default();
    for (step, result) in record.scenario.steps.iter().zip(results) {
        let mark = match result.outcome {
            Outcome::Passed => style.success("✓"),
            Outcome::Skipped { .. } | Outcome::Unsupported { .. } => style.warning("-"),
            _ => style.failure("✗"),
        };
        write!(out, "      {mark} {} {}", step.keyword_text, step.text)?;
        if result.outcome.is_passed() {
            write!(out, "  {}", style.dim(format_duration(result.duration)))?;
        }
        writeln!(out)?;
        for entry in &result.logs {
            let line = format!("{} {}", entry.level.as_str(), entry.message);
            writeln!(out, "        {}", style.dim(line))?;
        }
        for line in result.output.lines() {
            writeln!(out, "        {}", style.dim(format!("| {line}")))?;
        }
    }
    write_hooks(out, record, HookSide::After, style)
}

/// Writes the output of the hooks before or after the steps.
fn write_hooks(
    out: &mut impl Write,
    record: &ScenarioRecord,
    side: HookSide,
    style: Style,
) -> io::Result<()> {
    let hooks = record.last().map(|attempt| &attempt.hooks[..]).unwrap_or_default();
    for hook in hooks.iter().filter(|hook| hook.kind.side() == side) {
        for line in format::hook_lines(hook) {
            writeln!(out, "        {}", style.dim(line))?;
        }
    }
    Ok(())
}
