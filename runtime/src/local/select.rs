//! Which scenarios a command line means.
//!
//! A selector is a path (`features/`, `a.feature`, `a.feature:12`), a number as scenario names carry
//! it (`1.1`, or `1` for the file `01-…`), or a word of a file's or a scenario's name.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::gherkin::{self, LoadError};
use crate::model::Scenario;

/// Where scenarios are looked for when no path is given.
const DEFAULT_FOLDER: &str = "features";

/// Scenarios to run, in the order of the files and of the lines in them.
#[derive(Debug, Default)]
pub struct Selection {
    /// The scenarios.
    pub scenarios: Vec<Arc<Scenario>>,
    /// How many feature files were read.
    pub files: usize,
}

/// Why there is no selection.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SelectError {
    /// A path does not exist or cannot be read.
    #[error("{path}: {reason}{hint}", path = .path.display())]
    Path {
        /// The path.
        path: PathBuf,
        /// What the system said.
        reason: io::Error,
        /// What to do about it.
        hint: &'static str,
    },
    /// A folder holds no feature file.
    #[error("{path}: no .feature file in this folder", path = .0.display())]
    NoFeatures(PathBuf),
    /// Feature files that could not be read or parsed; all of them.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n\n"))]
    Load(Vec<LoadError>),
    /// A line number that no scenario stands at.
    #[error("{path}:{line}: no scenario stands at or around this line", path = .path.display())]
    Line {
        /// The feature file.
        path: PathBuf,
        /// The line asked for.
        line: u32,
    },
    /// A number or word that matches nothing.
    #[error(
        "nothing matches {selector:?}: it is no path, and no scenario of the {files} feature files read has \
         this number or word in its name"
    )]
    Nothing {
        /// What was asked for.
        selector: String,
        /// How many files were searched.
        files: usize,
    },
}

/// Reads the feature files that `selectors` name and picks their scenarios.
///
/// Without a path among the selectors the folder `features` is searched.
///
/// # Errors
/// [`SelectError`] when a path, a file or a selector is wrong; all bad files are reported at once.
pub fn select(selectors: &[String]) -> Result<Selection, SelectError> {
    let (paths, words): (Vec<_>, Vec<_>) =
        selectors.iter().map(|s| Selector::of(s)).partition(|s| matches!(s, Selector::Path { .. }));
    let mut targets = Vec::new();
    for selector in &paths {
        if let Selector::Path { path, line } = selector {
            targets.push((feature_files(path, "")?, path.clone(), *line));
        }
    }
    if targets.is_empty() {
        let folder = PathBuf::from(DEFAULT_FOLDER);
        let hint = "; name a feature file or folder, or start where the folder `features` is";
        targets.push((feature_files(&folder, hint)?, folder, None));
    }
    let mut selection = read(targets)?;
    narrow(&mut selection, &words)?;
    Ok(selection)
}

#[derive(Debug)]
enum Selector {
    Path { path: PathBuf, line: Option<u32> },
    Word(String),
}

impl Selector {
    fn of(text: &str) -> Self {
        if let Some((path, line)) = text.rsplit_once(':')
            && let Ok(line) = line.parse()
        {
            return Self::Path { path: PathBuf::from(path), line: Some(line) };
        }
        let looks_like_path = text.contains('/') || text.ends_with(".feature");
        if looks_like_path || Path::new(text).exists() {
            Self::Path { path: PathBuf::from(text), line: None }
        } else {
            Self::Word(text.to_owned())
        }
    }
}

fn feature_files(path: &Path, hint: &'static str) -> Result<Vec<PathBuf>, SelectError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |reason| SelectError::Path { path, reason, hint }
    };
    if !fs::metadata(path).map_err(failed(path))?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(failed(&folder))? {
            let entry = entry.map_err(failed(&folder))?;
            let path = entry.path();
            // The entry's own type: a link to a folder is not followed, so that links cannot form a ring.
            if entry.file_type().map_err(failed(&path))?.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "feature") {
                files.push(path);
            }
        }
    }
    if files.is_empty() {
        return Err(SelectError::NoFeatures(path.to_owned()));
    }
    files.sort();
    Ok(files)
}

type Target = (Vec<PathBuf>, PathBuf, Option<u32>);

fn read(targets: Vec<Target>) -> Result<Selection, SelectError> {
    let mut selection = Selection::default();
    let mut bad = Vec::new();
    for (files, path, line) in targets {
        for file in files {
            selection.files += 1;
            match gherkin::load(&file) {
                Ok(document) => {
                    let mut scenarios = gherkin::scenarios(&document);
                    if let Some(line) = line {
                        scenarios = at_line(scenarios, line);
                        if scenarios.is_empty() {
                            return Err(SelectError::Line { path, line });
                        }
                    }
                    selection.scenarios.extend(scenarios.into_iter().map(Arc::new));
                }
                Err(error) => bad.push(error),
            }
        }
    }
    if bad.is_empty() { Ok(selection) } else { Err(SelectError::Load(bad)) }
}

/// The outline rows at `line`, or else the scenario whose heading or body holds it.
fn at_line(scenarios: Vec<Scenario>, line: u32) -> Vec<Scenario> {
    let row = |s: &Scenario| s.example.as_ref().is_some_and(|place| place.line == line);
    if scenarios.iter().any(row) {
        return scenarios.into_iter().filter(row).collect();
    }
    let Some(heading) = scenarios.iter().map(|s| s.place.line).filter(|&l| l <= line).max() else {
        return Vec::new();
    };
    scenarios.into_iter().filter(|s| s.place.line == heading).collect()
}

fn narrow(selection: &mut Selection, words: &[Selector]) -> Result<(), SelectError> {
    if words.is_empty() {
        return Ok(());
    }
    let mut keep = vec![false; selection.scenarios.len()];
    for word in words {
        let Selector::Word(word) = word else { continue };
        let mut found = false;
        for (scenario, keep) in selection.scenarios.iter().zip(&mut keep) {
            if means(word, scenario) {
                found = true;
                *keep = true;
            }
        }
        if !found {
            return Err(SelectError::Nothing { selector: word.clone(), files: selection.files });
        }
    }
    let mut keep = keep.into_iter();
    selection.scenarios.retain(|_| keep.next().unwrap_or(false));
    Ok(())
}

fn means(word: &str, scenario: &Scenario) -> bool {
    let stem = Path::new(&*scenario.place.path)
        .file_stem()
        .map(|s| s.to_string_lossy().to_lowercase())
        .unwrap_or_default();
    if let Ok(feature) = word.parse::<u32>() {
        return stem.split('-').next().and_then(|n| n.parse().ok()) == Some(feature);
    }
    if is_number(word) {
        return numbers_in(&scenario.name).any(|number| number == word);
    }
    let word = word.to_lowercase();
    stem.contains(&word) || scenario.name.to_lowercase().contains(&word)
}

/// `1.1`, `13.10`: digits with dots between them.
fn is_number(word: &str) -> bool {
    word.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
}

/// The dotted numbers in a name: `Test 1.1 - Simple` holds `1.1`, and neither `1` nor `1.10`.
fn numbers_in(name: &str) -> impl Iterator<Item = &str> {
    name.split(|c: char| !c.is_ascii_digit() && c != '.')
        .map(|number| number.trim_matches('.'))
        .filter(|number| is_number(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_taken_whole() {
        let numbers: Vec<_> = numbers_in("Test 1.10 - of 2 (v3.). x4.5").collect();
        assert_eq!(numbers, ["1.10", "2", "3", "4.5"]);
    }

    #[test]
    fn selectors_are_told_apart() {
        assert!(matches!(Selector::of("1.1"), Selector::Word(_)));
        assert!(matches!(Selector::of("BasicCommunication"), Selector::Word(_)));
        assert!(matches!(Selector::of("no/such"), Selector::Path { line: None, .. }));
        assert!(matches!(Selector::of("a.feature:12"), Selector::Path { line: Some(12), .. }));
    }
}
