//! Selection of the scenarios of a command line.
//!
//! A selector is a path (`features/`, `a.feature`, `a.feature:12:30`), a number in a scenario's name
//! (`1.1`, or `1` for the file `01-…`), or a part of a file's or a scenario's name. The selected
//! scenarios are then filtered by tags and names, shuffled and split into shards, in this order.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use regex::Regex;

use super::error::SelectError;
use super::files::{self, FeatureFile, PathSelector};
use super::lines::{LineOutside, scenarios_at};
use super::rerun_file::read_rerun_file;
use super::selector::{Selector, matches_word};
use super::shard::Shard;
use super::shuffle::shuffle;
use crate::gherkin;
use crate::gherkin::ast::{self, GherkinDocument};
use crate::model::{Scenario, Tag};
use crate::tag_expression::TagExpression;
use crate::text::pluralize;

/// The folder that is read if no path is given.
const DEFAULT_FOLDER: &str = "features";

/// Options of a selection.
#[derive(Debug, Clone, Default)]
pub struct SelectOptions {
    /// Paths, numbers and words; without a path, they select from the folder `features`.
    pub selectors: Vec<String>,
    /// A file of further selectors.
    pub rerun: Option<PathBuf>,
    /// Tag expressions; a scenario must match all of them.
    pub tags: Vec<TagExpression>,
    /// Regexes; the scenario's name must match one of them, if there are any.
    pub names: Vec<Regex>,
    /// The seed of a random order; `None` keeps the order of the files.
    pub shuffle: Option<u64>,
    /// The part of the selection to run.
    pub shard: Option<Shard>,
    /// Keeps the documents of the scenarios in [`Selection::documents`].
    pub keep_documents: bool,
}

/// At least one scenario to run, in the order of the run.
#[derive(Debug, Default)]
pub struct Selection {
    /// The scenarios.
    pub scenarios: Vec<Arc<Scenario>>,
    /// The feature files that were read.
    pub files: Vec<PathBuf>,
    /// The tags of each feature, by the path of its file.
    pub feature_tags: HashMap<Arc<str>, Vec<Tag>>,
    /// The documents, if [`SelectOptions::keep_documents`] is set.
    pub documents: Vec<Arc<GherkinDocument>>,
}

/// Reads the feature files of the selectors and selects their scenarios.
///
/// # Errors
/// Returns [`SelectError`] if a path, a file or a selector is invalid, with all invalid files at once,
/// or if no scenario is selected.
pub fn select(options: &SelectOptions) -> Result<Selection, SelectError> {
    let mut selectors = options.selectors.clone();
    if let Some(path) = &options.rerun {
        for entry in read_rerun_file(path)? {
            // A scenario is listed once for each combination that failed.
            if !selectors.contains(&entry.selector) {
                selectors.push(entry.selector);
            }
        }
    }
    let mut paths = Vec::new();
    let mut words = Vec::new();
    for selector in &selectors {
        match Selector::parse(selector) {
            Selector::Path(path) => paths.push(path),
            Selector::Word(word) => words.push(word),
        }
    }
    let mut hint = "";
    if paths.is_empty() {
        paths.push(PathSelector { path: PathBuf::from(DEFAULT_FOLDER), lines: Vec::new() });
        hint = "; name a feature file or folder, or start where the folder `features` is";
    }
    let mut selection = read(files::find(&paths, hint)?, options.keep_documents)?;
    filter_by_words(&mut selection, &words)?;
    let mut description = format!(
        "{} in {}",
        pluralize(selection.scenarios.len(), "scenario"),
        pluralize(selection.files.len(), "feature file")
    );
    for tags in &options.tags {
        let text = format!("--tags {:?}", tags.to_string());
        retain_described(&mut selection, &mut description, &text, &mut |scenario| {
            tags.matches(&scenario.tags)
        });
    }
    if !options.names.is_empty() {
        let names: Vec<_> =
            options.names.iter().map(|name| format!("--name {:?}", name.as_str())).collect();
        let mut found =
            |scenario: &Scenario| options.names.iter().any(|n| n.is_match(&scenario.name));
        retain_described(&mut selection, &mut description, &names.join(" "), &mut found);
    }
    if let Some(seed) = options.shuffle {
        shuffle(&mut selection.scenarios, seed);
    }
    if let Some(shard) = options.shard {
        let mut number = 0..;
        let mut is_in_shard =
            |_: &Scenario| number.next().is_some_and(|number| shard.contains(number));
        retain_described(
            &mut selection,
            &mut description,
            &format!("--shard {shard}"),
            &mut is_in_shard,
        );
    }
    if selection.scenarios.is_empty() {
        Err(SelectError::Empty(description))
    } else {
        Ok(selection)
    }
}

fn read(files: Vec<FeatureFile>, keep_documents: bool) -> Result<Selection, SelectError> {
    let mut selection = Selection::default();
    let mut errors = Vec::new();
    for FeatureFile { path, lines } in files {
        match gherkin::load(&path) {
            Ok(document) => {
                let mut scenarios = gherkin::scenarios(&document);
                if !lines.is_empty() {
                    scenarios = scenarios_at(&document, scenarios, &lines).map_err(
                        |LineOutside { line, nearest }| {
                            let hint = nearest.map(|(name, line)| {
                                format!("; the nearest one is {name:?} at line {line}")
                            });
                            let hint = hint.unwrap_or_default();
                            SelectError::Line { path: path.clone(), line, hint }
                        },
                    )?;
                }
                if let Some(feature) = &document.feature {
                    let in_file = |tag: &ast::Tag| Tag {
                        name: tag.name.clone(),
                        location: tag.position.in_file(&document.path),
                    };
                    let tags = feature.tags.iter().map(in_file).collect();
                    selection.feature_tags.insert(Arc::clone(&document.path), tags);
                }
                selection.scenarios.extend(scenarios.into_iter().map(Arc::new));
                if keep_documents {
                    selection.documents.push(Arc::new(document));
                }
            }
            Err(error) => errors.push(error),
        }
        selection.files.push(path);
    }
    if errors.is_empty() { Ok(selection) } else { Err(SelectError::Load(errors)) }
}

/// Keeps the scenarios that `keep` accepts, and adds their number to `description`.
fn retain_described(
    selection: &mut Selection,
    description: &mut String,
    option: &str,
    keep: &mut dyn FnMut(&Scenario) -> bool,
) {
    selection.scenarios.retain(|scenario| keep(scenario));
    // Writing to a `String` cannot fail.
    let _ = write!(description, "; {option} leaves {}", selection.scenarios.len());
}

fn filter_by_words(selection: &mut Selection, words: &[String]) -> Result<(), SelectError> {
    if words.is_empty() {
        return Ok(());
    }
    let mut keep = vec![false; selection.scenarios.len()];
    for word in words {
        let mut found = false;
        for (scenario, keep) in selection.scenarios.iter().zip(&mut keep) {
            if matches_word(word, scenario) {
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
