//! Which scenario passed in which combination: a row for each scenario, a column for each
//! combination of platforms.
//!
//! Says nothing of how a verdict comes about: that is [`verdict`](super::verdict)'s.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::runner::Assignment;
use super::verdict::Verdict;
use crate::json::array;

/// The matrix of a run.
#[derive(Debug, Clone)]
pub struct Matrix {
    /// Where each assignment stands: its row and its combination.
    places: Vec<(usize, String)>,
    rows: Vec<Row>,
}

#[derive(Debug, Clone)]
struct Row {
    scenario: String,
    path: String,
    line: u32,
    /// By combination, sorted.
    cells: Vec<(String, Verdict)>,
}

impl Row {
    fn cell(&self, column: &str) -> Option<&Verdict> {
        self.cells.iter().find(|(known, _)| known == column).map(|(_, cell)| cell)
    }

    /// Takes the verdict of a combination, in place of one that is there.
    fn fill(&mut self, column: &str, verdict: Verdict) {
        let at = self.cells.partition_point(|(known, _)| known.as_str() < column);
        match self.cells.get_mut(at) {
            Some((known, cell)) if known == column => *cell = verdict,
            _ => self.cells.insert(at, (column.to_owned(), verdict)),
        }
    }
}

impl Matrix {
    /// A matrix of what is to be played, with nothing played yet.
    pub fn new(assignments: &[Assignment]) -> Self {
        let mut matrix = Self { places: Vec::new(), rows: Vec::new() };
        for assignment in assignments {
            let scenario = &assignment.scenario;
            let place = scenario.example.as_ref().unwrap_or(&scenario.place);
            let known = matrix.rows.last().is_some_and(|row| {
                row.path == *place.path && row.line == place.line && row.scenario == scenario.name
            });
            if !known {
                matrix.rows.push(Row {
                    scenario: scenario.name.clone(),
                    path: place.path.to_string(),
                    line: place.line,
                    cells: Vec::new(),
                });
            }
            let row = matrix.rows.len() - 1;
            // Platforms in the order of the sorted roles, as on the command line.
            let column = assignment.combination.platforms("_");
            matrix.rows[row].fill(&column, Verdict::NotPlayed);
            matrix.places.push((row, column));
        }
        matrix
    }

    /// Takes the verdicts of a run, in the order of the assignments.
    pub fn fill(&mut self, verdicts: impl IntoIterator<Item = Verdict>) {
        for ((row, column), verdict) in self.places.iter().zip(verdicts) {
            self.rows[*row].fill(column, verdict);
        }
    }

    /// The cell of a scenario, by a part of its name, and of platforms, such as `rust_python`.
    pub fn cell(&self, scenario: &str, platforms: &str) -> Option<&Verdict> {
        self.rows.iter().find(|row| row.scenario.contains(scenario))?.cell(platforms)
    }

    /// Whether a scenario passed, and every other passed as well, was skipped for a reason, or is one
    /// that a peer cannot play.
    pub fn is_success(&self) -> bool {
        let cells = || self.rows.iter().flat_map(|row| &row.cells).map(|(_, cell)| cell);
        cells().any(|cell| *cell == Verdict::Passed)
            && cells().all(|cell| {
                matches!(cell, Verdict::Passed | Verdict::Skipped(_) | Verdict::PeerCannot(_))
            })
    }

    /// Whether there is something to compare: a scenario in more than one combination.
    pub fn compares(&self) -> bool {
        self.rows.iter().any(|row| row.cells.len() > 1)
    }

    /// A table for people, with the sums and the reasons below.
    pub fn to_text(&self) -> String {
        let columns = self.columns();
        let width = self.rows.iter().map(|row| row.scenario.chars().count()).max().unwrap_or(0);
        let mut text = " ".repeat(width);
        for column in &columns {
            let _ = write!(text, "  {column:<11}");
        }
        text.truncate(text.trim_end().len());
        let mut reasons: Vec<String> = Vec::new();
        for row in &self.rows {
            let _ = write!(text, "\n{:<width$}", row.scenario);
            for column in &columns {
                let width = column.chars().count().max(11);
                let word = row.cell(column).map_or("", Verdict::word);
                let _ = write!(text, "  {word:<width$}");
                if let Some(reason) = row.cell(column).and_then(Verdict::reason) {
                    let first = reason.lines().next().unwrap_or_default();
                    reasons.push(format!("{} in {column}: {word}: {first}", row.scenario));
                }
            }
            text.truncate(text.trim_end().len());
        }
        text.push_str("\n\n");
        for column in &columns {
            let _ = writeln!(text, "{column}: {}", self.sums(column));
        }
        for reason in reasons {
            let _ = write!(text, "\n{reason}");
        }
        text.push('\n');
        text
    }

    /// The same for programs: an array of scenarios, each with its cells by combination.
    pub fn to_json(&self) -> Value {
        array(&self.rows, |row| {
            let mut cells = Map::new();
            for (column, cell) in &row.cells {
                let cell = json!({
                    "outcome": cell.word().to_lowercase(),
                    "reason": cell.reason(),
                });
                cells.insert(column.clone(), cell);
            }
            json!({
                "scenario": row.scenario,
                "place": format!("{}:{}", row.path, row.line),
                "combinations": cells,
            })
        })
    }

    /// How many scenarios of a combination came to what: `7 passed, 2 peer cannot`.
    fn sums(&self, column: &str) -> String {
        let mut sums: Vec<(&str, usize)> = Vec::new();
        for word in self.rows.iter().filter_map(|row| row.cell(column)).map(Verdict::word) {
            match sums.iter_mut().find(|(known, _)| *known == word) {
                Some((_, count)) => *count += 1,
                None => sums.push((word, 1)),
            }
        }
        let sums: Vec<_> =
            sums.iter().map(|(word, n)| format!("{n} {}", word.to_lowercase())).collect();
        sums.join(", ")
    }

    /// The combinations in the order they first appear.
    fn columns(&self) -> Vec<String> {
        let mut columns: Vec<String> = Vec::new();
        for (_, column) in &self.places {
            if !columns.contains(column) {
                columns.push(column.clone());
            }
        }
        columns
    }
}
