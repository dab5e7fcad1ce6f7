//! The verdicts of a run: a row for each scenario, a column for each combination of platforms.
//!
//! The verdicts are decided in [`verdict`](super::verdict).

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::instance::ScenarioInstance;
use super::verdict::CombinationVerdict;

/// The matrix of a run.
#[derive(Debug, Clone)]
pub struct Matrix {
    /// The row and the combination of each instance.
    locations: Vec<(usize, String)>,
    rows: Vec<Row>,
}

#[derive(Debug, Clone)]
struct Row {
    scenario: String,
    path: String,
    line: u32,
    /// By combination, sorted.
    cells: Vec<(String, CombinationVerdict)>,
}

impl Row {
    fn cell(&self, column: &str) -> Option<&CombinationVerdict> {
        self.cells.iter().find(|(known, _)| known == column).map(|(_, cell)| cell)
    }

    /// Sets the verdict of a combination.
    fn fill(&mut self, column: &str, verdict: CombinationVerdict) {
        let at = self.cells.partition_point(|(known, _)| known.as_str() < column);
        match self.cells.get_mut(at) {
            Some((known, cell)) if known == column => *cell = verdict,
            _ => self.cells.insert(at, (column.to_owned(), verdict)),
        }
    }
}

impl Matrix {
    /// Returns a matrix of these instances, none of which has run yet.
    pub fn new(instances: &[ScenarioInstance]) -> Self {
        let mut matrix = Self { locations: Vec::new(), rows: Vec::new() };
        for instance in instances {
            let scenario = &instance.scenario;
            let location = scenario.example_row.as_ref().unwrap_or(&scenario.location);
            let known = matrix.rows.last().is_some_and(|row| {
                row.path == *location.path
                    && row.line == location.line
                    && row.scenario == scenario.name
            });
            if !known {
                matrix.rows.push(Row {
                    scenario: scenario.name.clone(),
                    path: location.path.to_string(),
                    line: location.line,
                    cells: Vec::new(),
                });
            }
            let row = matrix.rows.len() - 1;
            // Platforms in the order of the sorted roles, as on the command line.
            let column = instance.combination.join("_");
            matrix.rows[row].fill(&column, CombinationVerdict::NotRun);
            matrix.locations.push((row, column));
        }
        matrix
    }

    /// Sets the verdicts of a run, in the order of the instances.
    pub fn fill(&mut self, verdicts: impl IntoIterator<Item = CombinationVerdict>) {
        for ((row, column), verdict) in self.locations.iter().zip(verdicts) {
            self.rows[*row].fill(column, verdict);
        }
    }

    /// Returns the cell of a scenario, by a part of its name, and of platforms, such as `rust_python`.
    pub fn cell(&self, scenario: &str, platforms: &str) -> Option<&CombinationVerdict> {
        self.rows.iter().find(|row| row.scenario.contains(scenario))?.cell(platforms)
    }

    /// Returns whether at least one scenario passed, and every other one passed, was skipped for a
    /// reason, or is unsupported.
    pub fn is_success(&self) -> bool {
        let cells = || self.rows.iter().flat_map(|row| &row.cells).map(|(_, cell)| cell);
        cells().any(|cell| *cell == CombinationVerdict::Passed)
            && cells().all(|cell| {
                matches!(
                    cell,
                    CombinationVerdict::Passed
                        | CombinationVerdict::Skipped(_)
                        | CombinationVerdict::Unsupported(_)
                )
            })
    }

    /// Returns whether a scenario has more than one combination to compare.
    pub fn compares(&self) -> bool {
        self.rows.iter().any(|row| row.cells.len() > 1)
    }

    /// Formats the matrix as a table, with the sums and the reasons below.
    pub fn to_text(&self) -> String {
        let mut text = format!("{}\n{}", self.to_table(), self.to_sums());
        for row in &self.rows {
            for column in &self.columns() {
                if let Some(cell) = row.cell(column)
                    && let Some(reason) = cell.reason()
                {
                    let (word, first) = (cell.as_str(), reason.lines().next().unwrap_or_default());
                    let _ = write!(text, "\n{} in {column}: {word}: {first}", row.scenario);
                }
            }
        }
        text.push('\n');
        text
    }

    /// Formats the verdicts as a table.
    pub fn to_table(&self) -> String {
        let columns = self.columns();
        let width = self.rows.iter().map(|row| row.scenario.chars().count()).max().unwrap_or(0);
        let mut text = " ".repeat(width);
        for column in &columns {
            let _ = write!(text, "  {column:<11}");
        }
        text.truncate(text.trim_end().len());
        for row in &self.rows {
            let _ = write!(text, "\n{:<width$}", row.scenario);
            for column in &columns {
                let width = column.chars().count().max(11);
                let word = row.cell(column).map_or("", CombinationVerdict::as_str);
                let _ = write!(text, "  {word:<width$}");
            }
            text.truncate(text.trim_end().len());
        }
        text.push('\n');
        text
    }

    /// Formats the sums: a line for each combination.
    pub fn to_sums(&self) -> String {
        let lines = self.columns();
        lines.iter().map(|column| format!("{column}: {}\n", self.sums(column))).collect()
    }

    /// Formats the matrix as JSON: an array of scenarios, each with its cells by combination.
    pub fn to_json(&self) -> Value {
        self.rows
            .iter()
            .map(|row| {
                let mut cells = Map::new();
                for (column, cell) in &row.cells {
                    let cell = json!({
                        "outcome": cell.as_str().to_lowercase(),
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
            .collect::<Value>()
    }

    /// Counts the scenarios of a combination by verdict: `7 passed, 2 unsupported`.
    fn sums(&self, column: &str) -> String {
        let mut sums: Vec<(&str, usize)> = Vec::new();
        for word in
            self.rows.iter().filter_map(|row| row.cell(column)).map(CombinationVerdict::as_str)
        {
            match sums.iter_mut().find(|(known, _)| *known == word) {
                Some((_, count)) => *count += 1,
                None => sums.push((word, 1)),
            }
        }
        let sums: Vec<_> =
            sums.iter().map(|(word, n)| format!("{n} {}", word.to_lowercase())).collect();
        sums.join(", ")
    }

    /// Returns the combinations in the order of their first appearance.
    fn columns(&self) -> Vec<String> {
        let mut columns: Vec<String> = Vec::new();
        for (_, column) in &self.locations {
            if !columns.contains(column) {
                columns.push(column.clone());
            }
        }
        columns
    }
}
