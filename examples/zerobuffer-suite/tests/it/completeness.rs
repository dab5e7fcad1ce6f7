//! Every step has exactly one definition, and every definition is used.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use harmony_bdd::engine::{Match, Registry};
use harmony_bdd::gherkin;
use harmony_bdd::model::Step;
use zerobuffer_suite as _;

use crate::reference_features::reference_features;

#[test]
fn every_step_of_our_features_has_one_definition() {
    let registry = Registry::collect().unwrap();
    let used = definitions_of(&registry, &steps_below(&root().join("features")));
    let unused: Vec<_> = registry
        .definitions()
        .map(|definition| (definition.location().to_string(), definition.pattern.source))
        .filter(|(location, _)| !used.contains(location))
        .collect();
    assert!(unused.is_empty(), "no feature uses {unused:#?}");
}

#[test]
fn every_reference_step_has_one_definition() {
    let folder = reference_features();
    let registry = Registry::collect().unwrap();
    let topics: Vec<_> = feature_files(&root().join("features")).iter().map(|p| topic(p)).collect();
    for path in feature_files(&folder) {
        if topics.contains(&topic(&path)) {
            assert!(!definitions_of(&registry, &steps_in(&path)).is_empty());
        }
    }
}

#[test]
fn scenarios_begin_with_the_number_of_their_file() {
    for path in feature_files(&root().join("features")) {
        let number = topic(&path);
        let document = gherkin::load(&path).unwrap();
        for scenario in gherkin::scenarios(&document) {
            let name = &scenario.name;
            assert!(name.starts_with(&format!("{number}.")), "{}: {name}", path.display());
        }
    }
}

/// Returns the locations of the definitions of the steps; panics if a step has none or several.
fn definitions_of(registry: &Registry, steps: &[Step]) -> HashSet<String> {
    let mut used = HashSet::new();
    let mut wrong = Vec::new();
    for step in steps {
        match registry.find(&step.text).unwrap() {
            Match::Unique(matched) => {
                used.insert(matched.definition.location().to_string());
            }
            Match::Ambiguous(all) => {
                wrong.push(format!("{}: ambiguous: {}: {all:?}", step.location, step.text));
            }
            Match::Undefined(_) => {
                wrong.push(format!("{}: undefined: {}", step.location, step.text))
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    used
}

fn steps_below(folder: &Path) -> Vec<Step> {
    feature_files(folder).iter().flat_map(|path| steps_in(path)).collect()
}

fn steps_in(path: &Path) -> Vec<Step> {
    let document = gherkin::load(path).unwrap();
    gherkin::scenarios(&document).into_iter().flat_map(|scenario| scenario.steps).collect()
}

/// Returns the number at the start of a feature file's name.
fn topic(path: &Path) -> u32 {
    let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
    stem.split('-').next().unwrap().parse().unwrap()
}

fn feature_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path());
    let mut files: Vec<_> =
        entries.filter(|p| p.extension().is_some_and(|e| e == "feature")).collect();
    assert!(!files.is_empty(), "{}", folder.display());
    files.sort();
    files
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}
