//! The combinations that a rerun file names.

use std::path::Path;

use super::error::CommandError;
use crate::harmony::combinations::CombinationFilter;
use crate::harmony::runner::ScenarioInstance;
use crate::local::{RerunEntry, read_rerun_file};

/// The entries of a rerun file, or none.
#[derive(Debug, Default)]
pub(super) struct RerunCombinations {
    entries: Vec<RerunEntry>,
}

impl RerunCombinations {
    /// Reads the file.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read or is empty.
    pub(super) fn read(path: Option<&Path>) -> Result<Self, CommandError> {
        let entries = path.map(read_rerun_file).transpose()?;
        Ok(Self { entries: entries.unwrap_or_default() })
    }

    /// Returns the combinations of all platforms that the file names: a run of them needs no other.
    pub(super) fn filter(&self) -> CombinationFilter {
        let mut platforms = Vec::new();
        for entry in &self.entries {
            // An entry without a combination is for all of them.
            let Some(combination) = &entry.combination else { return CombinationFilter::default() };
            let names = combination.split(',').filter_map(|pair| pair.split_once('='));
            platforms.extend(names.map(|(_, platform)| platform.to_owned()));
        }
        platforms.sort();
        platforms.dedup();
        CombinationFilter::All(platforms)
    }

    /// Returns whether a scenario in a combination is to run.
    pub(super) fn contains(&self, instance: &ScenarioInstance) -> bool {
        let location = instance.scenario.selectable_location();
        let selector = format!("{}:{}", location.path, location.line);
        let mut entries = self.entries.iter().filter(|entry| entry.selector == selector).peekable();
        // Other lines are selectors like those of the command line.
        entries.peek().is_none()
            || entries.any(|entry| {
                let combination = instance.combination.to_option();
                entry.combination.as_ref().is_none_or(|named| *named == combination)
            })
    }
}
