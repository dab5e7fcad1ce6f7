//! Cells of table rows, and the check that all rows of a table have the same number of cells.

use super::ast::{Position, TableCell, TableRow};
use super::line::{Line, char_count};

/// A row whose length differs from that of the first row of its table.
#[derive(Debug)]
pub(super) struct UnevenRow {
    pub(super) row: Position,
    pub(super) cells: usize,
    pub(super) first_row: Position,
    pub(super) first_cells: usize,
}

/// Parses a line that starts with `|`. Text after the last `|` is ignored.
pub(super) fn parse_row(line: &Line<'_>) -> TableRow {
    let mut cells = Vec::new();
    let mut column = line.indent.saturating_add(1);
    let mut cell = CellText::starting_at(column.saturating_add(1));
    let mut chars = line.trimmed.chars();
    // Skip the `|` at the start of the line.
    chars.next();
    while let Some(c) = chars.next() {
        column = column.saturating_add(1);
        match c {
            '|' => {
                let next = CellText::starting_at(column.saturating_add(1));
                cells.push(std::mem::replace(&mut cell, next).finish(line.number));
            }
            '\\' => {
                let Some(escaped) = chars.next() else { break };
                column = column.saturating_add(1);
                match escaped {
                    'n' => cell.text.push('\n'),
                    '|' | '\\' => cell.text.push(escaped),
                    _ => cell.text.extend(['\\', escaped]),
                }
            }
            _ => cell.text.push(c),
        }
    }
    TableRow { position: line.position(), cells }
}

/// Checks that all rows are as long as the first.
///
/// # Errors
///
/// Returns the first row of another length.
pub(super) fn check_even(rows: &[TableRow]) -> Result<(), UnevenRow> {
    let Some(first) = rows.first() else { return Ok(()) };
    match rows.iter().find(|row| row.cells.len() != first.cells.len()) {
        None => Ok(()),
        Some(row) => Err(UnevenRow {
            row: row.position,
            cells: row.cells.len(),
            first_row: first.position,
            first_cells: first.cells.len(),
        }),
    }
}

struct CellText {
    text: String,
    column: u32,
}

impl CellText {
    fn starting_at(column: u32) -> Self {
        Self { text: String::new(), column }
    }

    fn finish(self, line: u32) -> TableCell {
        let start = self.text.trim_start_matches(is_padding);
        let padding = char_count(&self.text[..self.text.len() - start.len()]);
        let position = Position { line, column: self.column.saturating_add(padding) };
        TableCell { position, value: start.trim_end_matches(is_padding).to_owned() }
    }
}

/// Returns whether `c` is trimmed from the ends of a cell. An escaped line break is not, unlike at the
/// ends of a line.
pub(super) fn is_padding(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\u{B}' | '\u{C}' | '\r' | '\u{85}' | '\u{A0}')
}
