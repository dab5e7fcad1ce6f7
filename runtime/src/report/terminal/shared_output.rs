//! What was printed while several scenarios ran.

use std::io::{self, Write};
use std::sync::Arc;

use super::style::Style;
use crate::model::SharedOutput;
use crate::report::{ScenarioRecord, ScenarioStatus, Totals};

/// Maximum number of lines shown of each part: the last ones.
const MAX_OUTPUT_LINES: usize = 40;

/// How to learn which of them printed it.
const HELP: &str = "= help: with --isolation process, what a scenario prints is shown with it";

/// Writes what was printed while several scenarios ran; unless `all` is set, only if one of them is among
/// `records` and failed.
pub(super) fn write_shared_output(
    out: &mut impl Write,
    totals: &Totals,
    records: &[Arc<ScenarioRecord>],
    all: bool,
    style: Style,
) -> io::Result<()> {
    let has_failed = |output: &SharedOutput| {
        records.iter().any(|record| {
            record.status() == ScenarioStatus::Failed && output.includes(record.number)
        })
    };
    let mut is_first = true;
    for output in totals.shared_output.iter().filter(|output| all || has_failed(output)) {
        writeln!(out, "\n{}", style.bold(output.heading()))?;
        if std::mem::take(&mut is_first) {
            writeln!(out, "  {}", style.dim(HELP))?;
        }
        let lines: Vec<_> = output.text.lines().collect();
        let hidden = lines.len().saturating_sub(MAX_OUTPUT_LINES);
        if hidden > 0 {
            writeln!(out, "  {}", style.dim(format_args!("| … {hidden} earlier lines")))?;
        }
        for line in &lines[hidden..] {
            writeln!(out, "  {} {line}", style.dim("|"))?;
        }
    }
    Ok(())
}
