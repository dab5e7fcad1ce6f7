//! The last messages of all processes of a scenario, in columns.

use std::fmt::Write as _;
use std::time::Instant;

use super::connection::Connection;
use super::trace::Direction;

/// The number of rows that are shown.
const TRANSCRIPT_ROWS: usize = 14;

/// The width of a column, in characters.
const COLUMN_WIDTH: usize = 58;

/// Returns a table with a column for each process and the last messages in their order.
pub(in crate::harmony) fn render_transcript(connections: &[&Connection]) -> String {
    let mut rows: Vec<(Instant, usize, String)> = Vec::new();
    for (column, connection) in connections.iter().enumerate() {
        for entry in connection.transcript() {
            let arrow = match entry.direction {
                Direction::Sent => "->",
                Direction::Received => "<-",
            };
            rows.push((entry.at, column, format!("{arrow} {}", abbreviate(&entry.text))));
        }
    }
    rows.sort_by_key(|row| row.0);
    let mut table = String::from("the last messages:");
    let heads =
        connections.iter().map(|c| format!("{} ({})", c.endpoint.process, c.endpoint.platform));
    write_row(&mut table, &heads.collect::<Vec<_>>());
    for (_, column, text) in rows.iter().skip(rows.len().saturating_sub(TRANSCRIPT_ROWS)) {
        let mut cells = vec![String::new(); connections.len()];
        cells[*column].clone_from(text);
        write_row(&mut table, &cells);
    }
    table
}

fn write_row(table: &mut String, cells: &[String]) {
    table.push_str("\n   ");
    for cell in cells {
        let _ = write!(table, " {:<COLUMN_WIDTH$} |", shorten(cell));
    }
    table.truncate(table.trim_end_matches([' ', '|']).len());
}

/// Returns a message without the members that every message has.
fn abbreviate(body: &str) -> String {
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
    if line.chars().count() <= COLUMN_WIDTH {
        return line;
    }
    line.chars().take(COLUMN_WIDTH - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_becomes_one_line() {
        let request =
            r#"{"jsonrpc":"2.0","id":4,"method":"executeStep","params":[{"Step":"it goes"}]}"#;
        assert_eq!(abbreviate(request), "4 executeStep it goes");
        assert_eq!(abbreviate(r#"{"id":2,"method":"health","params":[]}"#), "2 health");
        let reply = r#"{"id":4,"result":{"success":false,"error":"why","context":{},"logs":[]}}"#;
        assert_eq!(abbreviate(reply), r#"4 success: false, error: "why""#);
        assert_eq!(abbreviate(r#"{"id":2,"result":true}"#), "2 true");
        assert_eq!(abbreviate("garbage"), "garbage");
    }

    #[test]
    fn long_lines_are_cut() {
        assert_eq!(shorten(&"ü".repeat(80)).chars().count(), COLUMN_WIDTH);
    }
}
