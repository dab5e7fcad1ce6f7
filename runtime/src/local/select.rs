//! Which scenarios a command line means.
//!
//! A selector is a path (`features/`, `a.feature`, `a.feature:12:30`), a number as scenario names carry
//! it (`1.1`, or `1` for the file `01-…`), or a word of a file's or a scenario's name. What the selectors
//! leave is filtered by tags and names, brought into an order and cut into shards, in this order.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use regex::Regex;

use super::features::{self, FeatureFile, PathSelector};
use super::order::shuffle;
use super::{Shard, TagExpression, rerun_file};
use crate::gherkin::ast::{self, GherkinDocument};
use crate::gherkin::{self, LoadError};
use crate::model::{Scenario, Tag};

/// Where scenarios are looked for when no path is given.
const DEFAULT_FOLDER: &str = "features";

/// What to select.
#[derive(Debug, Clone, Default)]
pub struct SelectOptions {
    /// Paths, numbers and words; all of the folder `features` where there is no path among them.
    pub selectors: Vec<String>,
    /// A file that lists further selectors.
    pub rerun: Option<PathBuf>,
    /// Every one of them must hold.
    pub tags: Vec<TagExpression>,
    /// One of them must be found in the scenario's name; none at all asks for nothing.
    pub names: Vec<Regex>,
    /// The seed of a random order; `None` for the order of the files.
    pub shuffle: Option<u64>,
    /// The part of the selection to take.
    pub shard: Option<Shard>,
    /// Whether to keep the documents the scenarios come from.
    pub documents: bool,
}

/// Scenarios to run, at least one, in the order of the run.
#[derive(Debug, Default)]
pub struct Selection {
    /// The scenarios.
    pub scenarios: Vec<Arc<Scenario>>,
    /// The feature files that were read.
    pub files: Vec<PathBuf>,
    /// The tags of each feature, by the path of its file.
    pub feature_tags: HashMap<Arc<str>, Vec<Tag>>,
    /// The documents, where [`SelectOptions::documents`] asks for them.
    pub documents: Vec<Arc<GherkinDocument>>,
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
    /// A rerun file without a selector.
    #[error("{path}: lists no scenario to run again", path = .0.display())]
    NothingToRerun(PathBuf),
    /// There are scenarios, or none at all, and the options leave none of them.
    #[error("no scenario is selected: {0}")]
    Empty(String),
}

impl SelectError {
    /// Whether everything was right and yet nothing is selected.
    pub fn is_empty_selection(&self) -> bool {
        matches!(self, Self::NothingToRerun(_) | Self::Empty(_))
    }
}

/// Reads the feature files that the selectors name and picks their scenarios.
///
/// # Errors
/// [`SelectError`] when a path, a file or a selector is wrong, all bad files being reported at once,
/// or when nothing is left to run.
pub fn select(options: &SelectOptions) -> Result<Selection, SelectError> {
    let mut selectors = options.selectors.clone();
    if let Some(path) = &options.rerun {
        selectors.extend(rerun_file::read(path)?);
    }
    let mut paths = Vec::new();
    let mut words = Vec::new();
    for selector in &selectors {
        match Selector::of(selector) {
            Selector::Path(path) => paths.push(path),
            Selector::Word(word) => words.push(word),
        }
    }
    let mut hint = "";
    if paths.is_empty() {
        paths.push(PathSelector { path: PathBuf::from(DEFAULT_FOLDER), lines: Vec::new() });
        hint = "; name a feature file or folder, or start where the folder `features` is";
    }
    let mut selection = read(features::find(&paths, hint)?, options.documents)?;
    pick_words(&mut selection, &words)?;
    let mut story = format!(
        "{} in {}",
        counted(selection.scenarios.len(), "scenario"),
        counted(selection.files.len(), "feature file")
    );
    for tags in &options.tags {
        let text = format!("--tags {:?}", tags.to_string());
        narrow(&mut selection, &mut story, &text, &mut |scenario| tags.matches(&scenario.tags));
    }
    if !options.names.is_empty() {
        let names: Vec<_> =
            options.names.iter().map(|name| format!("--name {:?}", name.as_str())).collect();
        let mut found =
            |scenario: &Scenario| options.names.iter().any(|n| n.is_match(&scenario.name));
        narrow(&mut selection, &mut story, &names.join(" "), &mut found);
    }
    if let Some(seed) = options.shuffle {
        shuffle(&mut selection.scenarios, seed);
    }
    if let Some(shard) = options.shard {
        let mut number = 0..;
        let mut holds = |_: &Scenario| number.next().is_some_and(|number| shard.holds(number));
        narrow(&mut selection, &mut story, &format!("--shard {shard}"), &mut holds);
    }
    if selection.scenarios.is_empty() { Err(SelectError::Empty(story)) } else { Ok(selection) }
}

#[derive(Debug)]
enum Selector {
    Path(PathSelector),
    Word(String),
}

impl Selector {
    fn of(text: &str) -> Self {
        let path = PathSelector::of(text);
        let looks_like_path =
            !path.lines.is_empty() || text.contains('/') || text.ends_with(".feature");
        if looks_like_path || path.path.exists() {
            Self::Path(path)
        } else {
            Self::Word(text.to_owned())
        }
    }
}

fn read(files: Vec<FeatureFile>, documents: bool) -> Result<Selection, SelectError> {
    let mut selection = Selection::default();
    let mut bad = Vec::new();
    for FeatureFile { path, lines } in files {
        match gherkin::load(&path) {
            Ok(document) => {
                let mut scenarios = gherkin::scenarios(&document);
                if !lines.is_empty() {
                    scenarios = at_lines(scenarios, &lines)
                        .map_err(|line| SelectError::Line { path: path.clone(), line })?;
                }
                if let Some(feature) = &document.feature {
                    let in_file = |tag: &ast::Tag| Tag {
                        name: tag.name.clone(),
                        place: tag.position.in_file(&document.path),
                    };
                    let tags = feature.tags.iter().map(in_file).collect();
                    selection.feature_tags.insert(Arc::clone(&document.path), tags);
                }
                selection.scenarios.extend(scenarios.into_iter().map(Arc::new));
                if documents {
                    selection.documents.push(Arc::new(document));
                }
            }
            Err(error) => bad.push(error),
        }
        selection.files.push(path);
    }
    if bad.is_empty() { Ok(selection) } else { Err(SelectError::Load(bad)) }
}

/// The scenarios that any of `lines` means, or the first line that means none.
fn at_lines(scenarios: Vec<Scenario>, lines: &[u32]) -> Result<Vec<Scenario>, u32> {
    let mut wanted = vec![false; scenarios.len()];
    for &line in lines {
        let row = |s: &Scenario| s.example.as_ref().is_some_and(|place| place.line == line);
        let rows = scenarios.iter().any(row);
        // The line of an outline's row, or else one in the heading or the body of a scenario.
        let heading = scenarios.iter().map(|s| s.place.line).filter(|&l| l <= line).max();
        let mut found = false;
        for (scenario, wanted) in scenarios.iter().zip(&mut wanted) {
            let is_meant = if rows { row(scenario) } else { Some(scenario.place.line) == heading };
            found |= is_meant;
            *wanted |= is_meant;
        }
        if !found {
            return Err(line);
        }
    }
    let mut wanted = wanted.into_iter();
    Ok(scenarios.into_iter().filter(|_| wanted.next().unwrap_or(false)).collect())
}

/// Keeps what `keep` wants and adds to `story` what that left.
fn narrow(
    selection: &mut Selection,
    story: &mut String,
    option: &str,
    keep: &mut dyn FnMut(&Scenario) -> bool,
) {
    selection.scenarios.retain(|scenario| keep(scenario));
    // Writing to a `String` cannot fail.
    let _ = write!(story, "; {option} leaves {}", selection.scenarios.len());
}

fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

fn pick_words(selection: &mut Selection, words: &[String]) -> Result<(), SelectError> {
    if words.is_empty() {
        return Ok(());
    }
    let mut keep = vec![false; selection.scenarios.len()];
    for word in words {
        let mut found = false;
        for (scenario, keep) in selection.scenarios.iter().zip(&mut keep) {
            if means(word, scenario) {
                found = true;
                *keep = true;
            }
        }
        if !found {
            let files = selection.files.len();
            return Err(SelectError::Nothing { selector: word.clone(), files });
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
        assert!(matches!(Selector::of("no/such"), Selector::Path(p) if p.lines.is_empty()));
        assert!(matches!(Selector::of("a.feature:12"), Selector::Path(p) if p.lines == [12]));
    }
}
