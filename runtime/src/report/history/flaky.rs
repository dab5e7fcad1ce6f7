//! The scenarios that changed their result or their duration over the last runs.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::entry::{Entry, Status};
use super::error::HistoryError;
use super::report::history_file;

/// The growth of a duration from which a scenario is listed.
const MIN_GROWTH: f64 = 1.5;
/// The duration below which growth is noise, in milliseconds.
const MIN_MILLISECONDS: f64 = 10.0;

/// A scenario over the last runs.
#[derive(Debug, Clone, PartialEq)]
pub struct FlakyScenario {
    /// The path and the name.
    pub scenario: String,
    /// Runs that contain it.
    pub runs: usize,
    /// Runs in which it failed.
    pub failed: usize,
    /// Runs in which it passed after a retry.
    pub retried: usize,
    /// Changes between passed and failed from one run to the next.
    pub changes: usize,
    /// The median duration of the first half of the runs and of the second half, in milliseconds.
    pub milliseconds: [f64; 2],
}

impl FlakyScenario {
    /// Returns the share of runs whose result was not that of the run before, or needed a retry.
    pub fn flakiness(&self) -> f64 {
        (self.changes + self.retried) as f64 / self.runs.max(1) as f64
    }

    /// Returns the factor by which the duration grew.
    pub fn growth(&self) -> f64 {
        let [before, after] = self.milliseconds;
        if after < MIN_MILLISECONDS { 1.0 } else { after / before.max(0.001) }
    }

    fn new(scenario: &str, entries: &[Entry]) -> Self {
        let count = |status| entries.iter().filter(|entry| entry.status == status).count();
        let has_failed = |entry: &Entry| entry.status == Status::Failed;
        let changes = entries.windows(2).filter(|two| has_failed(&two[0]) != has_failed(&two[1]));
        let (first, second) = entries.split_at(entries.len() / 2);
        let first = if first.is_empty() { second } else { first };
        Self {
            scenario: scenario.to_owned(),
            runs: entries.len(),
            failed: count(Status::Failed),
            retried: count(Status::Flaky),
            changes: changes.count(),
            milliseconds: [median(first), median(second)],
        }
    }
}

/// Returns the scenarios that were flaky or became slower over the last `runs` runs in `folder`: the most
/// flaky first, and then by growth of duration.
///
/// # Errors
/// Returns [`HistoryError`] if the history cannot be read.
pub fn flaky_scenarios(folder: &Path, runs: usize) -> Result<Vec<FlakyScenario>, HistoryError> {
    let path = history_file(folder);
    let text = fs::read_to_string(&path)
        .map_err(|error| HistoryError::Read { path: path.clone(), error })?;
    let lines: Vec<_> = text.lines().enumerate().collect();
    let mut names = Vec::new();
    let mut scenarios: HashMap<String, Vec<Entry>> = HashMap::new();
    for (index, line) in &lines[lines.len().saturating_sub(runs)..] {
        let invalid = || HistoryError::Line { path: path.clone(), line: index + 1 };
        let run: Value = serde_json::from_str(line).map_err(|_| invalid())?;
        for entry in run["scenarios"].as_array().ok_or_else(invalid)? {
            let entry = Entry::from_json(entry).ok_or_else(invalid)?;
            if !scenarios.contains_key(&entry.scenario) {
                names.push(entry.scenario.clone());
            }
            scenarios.entry(entry.scenario.clone()).or_default().push(entry);
        }
    }
    let mut flaky: Vec<_> = names
        .iter()
        .map(|name| FlakyScenario::new(name, &scenarios[name]))
        .filter(|scenario| scenario.flakiness() > 0.0 || scenario.growth() >= MIN_GROWTH)
        .collect();
    let key = |scenario: &FlakyScenario| (scenario.flakiness(), scenario.growth());
    flaky.sort_by(|a, b| key(b).partial_cmp(&key(a)).unwrap_or(std::cmp::Ordering::Equal));
    Ok(flaky)
}

/// Returns the table of these scenarios.
pub fn flaky_table(scenarios: &[FlakyScenario]) -> String {
    let mut text = String::new();
    for head in ["flaky", "runs", "failed", "retried", "changes", "before", "now", "growth"] {
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{head:>9}");
    }
    text.push_str("  scenario\n");
    for scenario in scenarios {
        let FlakyScenario { runs, failed, retried, changes, milliseconds, .. } = scenario;
        let flakiness = format!("{:.0} %", scenario.flakiness() * 100.0);
        let _ = write!(text, "{flakiness:>9}{runs:>9}{failed:>9}{retried:>9}{changes:>9}");
        for milliseconds in milliseconds {
            let seconds = format!("{:.3} s", milliseconds / 1e3);
            let _ = write!(text, "{seconds:>9}");
        }
        let growth = format!("x {:.1}", scenario.growth());
        let _ = writeln!(text, "{growth:>9}  {}", scenario.scenario);
    }
    text
}

fn median(entries: &[Entry]) -> f64 {
    let mut times: Vec<_> = entries.iter().map(|entry| entry.milliseconds).collect();
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(results: &[(Status, f64)]) -> Vec<Entry> {
        let entry =
            |&(status, milliseconds)| Entry { scenario: "a".to_owned(), status, milliseconds };
        results.iter().map(entry).collect()
    }

    #[test]
    fn changes_and_retries_are_flaky() {
        use Status::{Failed, Flaky, Passed};
        let results = [(Passed, 1.0), (Failed, 1.0), (Passed, 1.0), (Flaky, 1.0)];
        let scenario = FlakyScenario::new("a", &entries(&results));
        assert_eq!((scenario.changes, scenario.retried, scenario.failed), (2, 1, 1));
        assert_eq!(scenario.flakiness(), 0.75);
        let steady = FlakyScenario::new("a", &entries(&[(Failed, 1.0), (Failed, 1.0)]));
        assert_eq!(steady.flakiness(), 0.0, "a scenario that always fails is not flaky");
    }

    #[test]
    fn growth_compares_medians_of_both_halves() {
        let results = [20.0, 22.0, 80.0, 60.0, 70.0].map(|time| (Status::Passed, time));
        let scenario = FlakyScenario::new("a", &entries(&results));
        assert_eq!(scenario.milliseconds, [22.0, 70.0]);
        assert!(scenario.growth() > 3.0);
        let fast =
            FlakyScenario::new("a", &entries(&[(Status::Passed, 0.1), (Status::Passed, 3.0)]));
        assert_eq!(fast.growth(), 1.0, "a few milliseconds are noise");
    }
}
