//! The last exchanges of all processes of a scenario, side by side.

use std::fmt::Write as _;
use std::time::Instant;

use super::connection::Connection;
use super::trace::Direction;
use crate::sort::sort_by_key;

/// How many rows are shown.
const ROWS: usize = 14;

/// How wide a column is, in characters.
const WIDTH: usize = 58;

/// A table with a column for each process and the last exchanges in the order they happened.
pub(super) fn side_by_side(connections: &[&Connection]) -> String {
    let mut rows: Vec<(Instant, usize, String)> = Vec::new();
    for (column, connection) in connections.iter().enumerate() {
        for exchange in connection.exchanges() {
            let arrow = match exchange.direction {
                Direction::Sent => "->",
                Direction::Received => "<-",
            };
            rows.push((exchange.at, column, format!("{arrow} {}", brief(&exchange.text))));
        }
    }
    sort_by_key(&mut rows, |row| row.0);
    let mut table = String::from("the last exchanges:");
    let heads =
        connections.iter().map(|c| format!("{} ({})", c.speaker.process, c.speaker.platform));
    write_row(&mut table, &heads.collect::<Vec<_>>());
    for (_, column, text) in rows.iter().skip(rows.len().saturating_sub(ROWS)) {
        let mut cells = vec![String::new(); connections.len()];
        cells[*column].clone_from(text);
        write_row(&mut table, &cells);
    }
    table
}

fn write_row(table: &mut String, cells: &[String]) {
    table.push_str("\n   ");
    for cell in cells {
        let _ = write!(table, " {:<WIDTH$} |", shorten(cell));
    }
    table.truncate(table.trim_end_matches([' ', '|']).len());
}

/// A frame without what every frame has.
fn brief(body: &str) -> String {
    let Ok(value) = serde_json::from_str::<serde_json::Value>(body) else { return body.to_owned() };
    if let Some(method) = value["method"].as_str() {
        let argument = &value["params"][0];
        return match argument["Step"].as_str() {
            Some(step) => format!("{} {method} {step}", value["id"]),
            None => format!("{} {method}", value["id"]),
        };
    }
    let result = value.get("result").or_else(|| value.get("error"));
    let result = result.map(|result| match result.as_object() {
        Some(object) => object
            .iter()
            .filter(|(name, value)| {
                !value.is_null()
                    && !matches!(name.to_ascii_lowercase().as_str(), "logs" | "context")
            })
            .map(|(name, value)| format!("{name}: {value}"))
            .collect::<Vec<_>>()
            .join(", "),
        None => result.to_string(),
    });
    format!("{} {}", value["id"], result.unwrap_or_default())
}

fn shorten(text: &str) -> String {
    let line = text.replace(['\n', '\r'], " ");
    if line.chars().count() <= WIDTH {
        return line;
    }
    line.chars().take(WIDTH - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_told_in_a_line() {
        let request =
            r#"{"jsonrpc":"2.0","id":4,"method":"executeStep","params":[{"Step":"it goes"}]}"#;
        assert_eq!(brief(request), "4 executeStep it goes");
        assert_eq!(brief(r#"{"id":2,"method":"health","params":[]}"#), "2 health");
        let reply = r#"{"id":4,"result":{"success":false,"error":"why","context":{},"logs":[]}}"#;
        assert_eq!(brief(reply), r#"4 success: false, error: "why""#);
        assert_eq!(brief(r#"{"id":2,"result":true}"#), "2 true");
        assert_eq!(brief("garbage"), "garbage");
    }

    #[test]
    fn long_lines_are_cut() {
        assert_eq!(shorten(&"ü".repeat(80)).chars().count(), WIDTH);
    }
}
