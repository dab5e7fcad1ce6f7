//! The names of scenarios as tests.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use super::libtest_arguments::LibtestArguments;
use crate::gherkin;
use crate::model::Scenario;
use crate::text::single_line;

/// Returns the files that exact filters refer to, so that a process for a single test reads one file
/// only.
pub(super) fn files_of_exact_filters(
    folder: &Path,
    arguments: &LibtestArguments,
) -> Option<Vec<String>> {
    if !arguments.is_exact() || arguments.filters().is_empty() {
        return None;
    }
    let files = |filter: &String| {
        let (stem, _) = filter.split_once("::")?;
        let paths = ["feature", "feature.md"].map(|end| folder.join(format!("{stem}.{end}")));
        let files = paths.iter().filter(|path| path.is_file());
        let files: Vec<_> = files.map(|path| path.to_string_lossy().into_owned()).collect();
        (!files.is_empty()).then_some(files)
    };
    let files: Option<Vec<_>> = arguments.filters().iter().map(files).collect();
    files.map(|files| files.concat())
}

/// Returns the name of each scenario as a test: its file below `folder`, its rule, its name and its row,
/// joined by `::`.
pub(super) fn test_names(folder: &Path, scenarios: &[Arc<Scenario>]) -> Vec<String> {
    let mut rows: HashMap<String, usize> = HashMap::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    let name = |scenario: &Arc<Scenario>, row: Option<usize>| {
        let path = Path::new(&*scenario.location.path);
        let file = path.strip_prefix(folder).unwrap_or(path);
        let stem = gherkin::feature_stem(file).or_else(|| file.file_stem()?.to_str());
        let mut name = file.with_file_name(stem.unwrap_or_default()).to_string_lossy().into_owned();
        let parts = [scenario.rule.as_deref(), Some(scenario.name.as_str())];
        for part in parts.into_iter().flatten() {
            name.push_str("::");
            // A line break would end the line of the list.
            name.push_str(&single_line(part));
        }
        if let Some(row) = row {
            name.push_str(&format!("::row {row}"));
        }
        name
    };
    scenarios
        .iter()
        .map(|scenario| {
            let row = scenario.example_row.is_some().then(|| {
                let row = rows.entry(scenario.location.to_string()).or_default();
                *row += 1;
                *row
            });
            let name = name(scenario, row);
            let times = known.entry(name.clone()).or_default();
            *times += 1;
            // Two scenarios with the same name are two tests.
            if *times == 1 { name } else { format!("{name} #{times}") }
        })
        .collect()
}
