//! The last messages of all processes of a scenario, in columns.

use std::time::Instant;

use super::connection::Connection;
use super::message_line::abbreviate;
use crate::model::TRANSCRIPT_TITLE;
use crate::text::{cut_end, display_width, single_line};

/// The number of rows that are shown.
const TRANSCRIPT_ROWS: usize = 14;

/// The width of a line of two columns, which is what a wide terminal and a file have room for.
pub(in crate::harmony) const WIDE_COLUMNS: usize = 130;

/// The columns that the report needs before each line.
const MARGIN_COLUMNS: usize = 10;

/// The gap between two columns.
const GAP: &str = " | ";

/// A message with its process, by the index of its connection.
struct Row {
    at: Instant,
    connection: usize,
    arrow: &'static str,
    text: String,
}

/// Returns a table of the last messages in their order, at most `width` columns wide: a column for each
/// process if there is room for it, or else all messages below each other.
pub(in crate::harmony) fn render_transcript(connections: &[&Connection], width: usize) -> String {
    let mut rows: Vec<Row> = Vec::new();
    for (connection, messages) in connections.iter().enumerate() {
        for entry in messages.transcript() {
            let arrow = entry.direction.arrow();
            rows.push(Row { at: entry.at, connection, arrow, text: abbreviate(&entry.text) });
        }
    }
    rows.sort_by_key(|row| row.at);
    rows.drain(..rows.len().saturating_sub(TRANSCRIPT_ROWS));
    let heads: Vec<_> = connections
        .iter()
        .map(|c| format!("{} ({})", c.endpoint.process, c.endpoint.platform))
        .collect();
    let room = width.saturating_sub(MARGIN_COLUMNS);
    let lines = match width >= WIDE_COLUMNS {
        true => side_by_side(&heads, &rows, room),
        false => one_column(&heads, &rows, room),
    };
    format!("{TRANSCRIPT_TITLE}\n{}", lines.join("\n"))
}

/// Returns the rows with a column for each process.
fn side_by_side(heads: &[String], rows: &[Row], room: usize) -> Vec<String> {
    let count = heads.len().max(1);
    let column = (room / count).saturating_sub(GAP.len());
    let line = |cells: &[String]| {
        let cells = cells.iter().map(|cell| {
            let cell = cut_end(cell, column);
            let padding = " ".repeat(column.saturating_sub(display_width(&cell)));
            format!("{cell}{padding}")
        });
        cells.collect::<Vec<_>>().join(GAP).trim_end_matches([' ', '|']).to_owned()
    };
    let mut lines = vec![line(heads)];
    for row in rows {
        let mut cells = vec![String::new(); heads.len()];
        cells[row.connection] = format!("{} {}", row.arrow, single_line(&row.text));
        lines.push(line(&cells));
    }
    lines
}

/// Returns the rows below each other, each with its process.
fn one_column(heads: &[String], rows: &[Row], room: usize) -> Vec<String> {
    let width = heads.iter().map(|head| display_width(head)).max().unwrap_or(0).min(room / 3);
    let line = |row: &Row| {
        let head = cut_end(&heads[row.connection], width);
        let padding = " ".repeat(width.saturating_sub(display_width(&head)));
        let text = single_line(&row.text);
        cut_end(&format!("{head}{padding} {} {text}", row.arrow), room).into_owned()
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> (Vec<String>, Vec<Row>) {
        let row = |connection, arrow, text: &str| Row {
            at: Instant::now(),
            connection,
            arrow,
            text: text.to_owned(),
        };
        let heads = vec!["reader (rust)".to_owned(), "writer (python)".to_owned()];
        (heads, vec![row(0, "->", "1 health"), row(1, "<-", &"日本".repeat(40))])
    }

    #[test]
    fn wide_table_has_a_column_for_each_process() {
        let (heads, rows) = rows();
        let lines = side_by_side(&heads, &rows, 60);
        assert!(lines[0].contains("reader (rust)") && lines[0].ends_with("| writer (python)"));
        assert_eq!(lines[1], "-> 1 health");
        assert!(lines[2].ends_with('…') && display_width(&lines[2]) <= 60, "{lines:?}");
    }

    #[test]
    fn narrow_table_has_one_column() {
        let (heads, rows) = rows();
        let lines = one_column(&heads, &rows, 40);
        assert_eq!(lines[0], "reader (rust) -> 1 health");
        assert!(lines[1].starts_with("writer (pyth… <- 日"), "{lines:?}");
        assert!(lines.iter().all(|line| display_width(line) <= 40), "{lines:?}");
    }
}
