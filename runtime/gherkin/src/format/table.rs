//! Rows of a table with aligned cells.

use std::collections::BTreeMap;

use crate::table::is_padding;
use crate::text::display_width;

/// The cells of a row as written, without padding, and the text after the last `|`.
#[derive(Debug, PartialEq, Eq)]
struct Row<'t> {
    cells: Vec<&'t str>,
    rest: &'t str,
}

/// The rows of all tables, with the widths of their columns.
#[derive(Debug, Default)]
pub(super) struct Tables {
    widths: BTreeMap<u32, Vec<usize>>,
}

impl Tables {
    /// Takes a row of the table that starts at line `table` into account.
    pub(super) fn measure(&mut self, table: u32, line: &str) {
        let widths = self.widths.entry(table).or_default();
        for (index, cell) in split(line).cells.iter().enumerate() {
            let width = display_width(cell);
            match widths.get_mut(index) {
                Some(widest) => *widest = width.max(*widest),
                None => widths.push(width),
            }
        }
    }

    /// Returns a row of the table that starts at line `table` with padded cells.
    pub(super) fn align(&self, table: u32, line: &str) -> String {
        let row = split(line);
        let widths = self.widths.get(&table).map_or(&[][..], Vec::as_slice);
        let mut text = String::from("|");
        for (index, cell) in row.cells.iter().enumerate() {
            let width = widths.get(index).copied().unwrap_or_default();
            let padding = width.saturating_sub(display_width(cell));
            text.push(' ');
            text.push_str(cell);
            text.extend(std::iter::repeat_n(' ', padding + 1));
            text.push('|');
        }
        if !row.rest.is_empty() {
            text.push(' ');
            text.push_str(row.rest);
        }
        text
    }
}

/// Splits a line that starts with `|`. Escapes stay as written.
fn split(line: &str) -> Row<'_> {
    let mut cells = Vec::new();
    let mut start = 1;
    let mut is_escaped = false;
    for (index, c) in line.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '|' => {
                cells.push(line[start..index].trim_matches(is_padding));
                start = index + 1;
            }
            _ => {}
        }
    }
    Row { cells, rest: line[start..].trim_matches(crate::line::is_blank) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aligned(lines: &[&str]) -> Vec<String> {
        let mut tables = Tables::default();
        lines.iter().for_each(|line| tables.measure(1, line));
        lines.iter().map(|line| tables.align(1, line)).collect()
    }

    #[test]
    fn cells_are_padded_to_the_display_width_of_their_column() {
        assert_eq!(
            aligned(&["|a|name|", "|  100|日本|", "||x |"]),
            ["| a   | name |", "| 100 | 日本 |", "|     | x    |"]
        );
    }

    #[test]
    fn escaped_separators_and_text_after_the_row_stay() {
        assert_eq!(aligned(&[r"|a\|b\\|c|  rest "]), [r"| a\|b\\ | c | rest"]);
    }
}
