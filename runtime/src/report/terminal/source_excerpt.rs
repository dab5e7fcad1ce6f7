//! The part of a feature file around a failed step: the steps before it, its line with carets, and its
//! table or doc string.

use std::fs;
use std::ops::Range;

use super::note_writer::NoteWriter;
use crate::model::{DataTable, Failure, Outcome, Scenario, Step, StepArgument};
use crate::text::{blank_of_same_width, display_width};

/// The number of steps shown before the failed one.
const CONTEXT_STEPS: usize = 2;
/// The largest number of rows of a table, or lines of a doc string, shown.
const MAX_ARGUMENT_LINES: usize = 20;

/// Whether the steps before a step are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Context {
    /// Up to two steps of the same feature file.
    StepsBefore,
    /// The step alone.
    None,
}

/// Writes the excerpt for the step with this index.
pub(super) fn write_excerpt(
    text: &mut NoteWriter,
    scenario: &Scenario,
    index: usize,
    outcome: &Outcome,
    context: Context,
) {
    let Some(step) = scenario.steps.get(index) else { return };
    // The file is read again, as failures are rare and keeping the lines of all steps costs memory.
    let file = fs::read_to_string(&*step.location.path).unwrap_or_default();
    text.fit_gutter_to(step.location.line);
    text.arrow(&step.location);
    text.gutter_line("");
    if context == Context::StepsBefore {
        let first = index.saturating_sub(CONTEXT_STEPS);
        let mut last_line = None;
        for before in &scenario.steps[first..index] {
            // A step of a Background may be far away.
            if before.location.line < step.location.line {
                write_gap(text, last_line, before.location.line);
                text.source_line(Some(before.location.line), &source_line(&file, before));
                last_line = Some(before.location.line);
            }
        }
        write_gap(text, last_line, step.location.line);
    }
    let line = source_line(&file, step);
    text.source_line(Some(step.location.line), &line);
    let (before, marked) = marked_range(&line, step, outcome);
    let blank = blank_of_same_width(&before);
    let carets = "^".repeat(display_width(&marked).max(1));
    let carets =
        text.cut(&carets, display_width(&blank) + step.location.line.to_string().len() + 3);
    text.gutter_line(&format!("{blank}{}", text.style.failure(carets)));
    if let Some(argument) = &step.argument {
        write_argument(text, argument, &blank_of_same_width(&line[..indent(&line)]));
    }
    if !line.trim_end().ends_with(step.text.trim_end()) {
        // In an outline the file has placeholders where the step has values.
        text.note("step", &format!("{} {}", step.keyword_text, step.text));
    }
}

/// Marks lines that are left out between two steps.
fn write_gap(text: &mut NoteWriter, before: Option<u32>, line: u32) {
    if before.is_some_and(|before| before + 1 < line) {
        text.gutter_line(&text.style.dim("…"));
    }
}

/// Returns the line of a step in its file, or one like it if the file has changed.
fn source_line(file: &str, step: &Step) -> String {
    let number = step.location.line as usize;
    let line = number.checked_sub(1).and_then(|index| file.lines().nth(index));
    let line = line.filter(|line| line.contains(step.keyword_text)).map(str::to_owned);
    line.unwrap_or_else(|| {
        let indent = step.location.column.saturating_sub(1) as usize;
        format!("{}{} {}", " ".repeat(indent), step.keyword_text, step.text)
    })
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// Returns the text before the marked part of a line and that part: the capture at fault, or the step.
fn marked_range(line: &str, step: &Step, outcome: &Outcome) -> (String, String) {
    let line = line.trim_end();
    let range = capture_range(line, step, outcome).unwrap_or(indent(line)..line.len());
    (line[..range.start].to_owned(), line[range].to_owned())
}

/// Returns the byte range of the capture at fault.
fn capture_range(line: &str, step: &Step, outcome: &Outcome) -> Option<Range<usize>> {
    let Outcome::Failed(Failure { conversion_error: Some(conversion_error), .. }) = outcome else {
        return None;
    };
    let range = conversion_error.range.clone()?;
    let start = line.rfind(&step.text)?;
    line.get(start + range.start..start + range.end)?;
    Some(start + range.start..start + range.end)
}

/// Writes a table or doc string with its values.
fn write_argument(text: &mut NoteWriter, argument: &StepArgument, indent: &str) {
    let lines = match argument {
        StepArgument::DataTable(table) => table_lines(table),
        StepArgument::DocString(doc_string) => {
            let media_type = doc_string.media_type.as_deref().unwrap_or_default();
            let content = doc_string.content.lines().map(str::to_owned);
            let opening = [format!("\"\"\"{media_type}")];
            opening.into_iter().chain(content).chain(["\"\"\"".to_owned()]).collect()
        }
    };
    let hidden = lines.len().saturating_sub(MAX_ARGUMENT_LINES);
    for line in lines.iter().take(MAX_ARGUMENT_LINES) {
        text.source_line(None, &format!("{indent}  {line}"));
    }
    if hidden > 0 {
        text.source_line(None, &format!("{indent}  … {hidden} more lines"));
    }
}

/// Returns the rows of a table with aligned cells.
fn table_lines(table: &DataTable) -> Vec<String> {
    let columns = table.rows.first().map_or(0, Vec::len);
    let width_of = |column: usize| {
        let widths = table.rows.iter().filter_map(|row| row.get(column));
        widths.map(|cell| display_width(&escaped(cell))).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width_of).collect();
    let row_line = |row: &Vec<String>| {
        let mut line = String::from("|");
        for (cell, width) in row.iter().zip(&widths) {
            let cell = escaped(cell);
            let padding = " ".repeat(width.saturating_sub(display_width(&cell)));
            line.push_str(&format!(" {cell}{padding} |"));
        }
        line
    };
    table.rows.iter().map(row_line).collect()
}

/// Returns a cell as a feature file contains it.
fn escaped(cell: &str) -> String {
    cell.replace('\\', "\\\\").replace('\n', "\\n").replace('|', "\\|")
}
