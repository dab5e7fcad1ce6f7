//! The official Cucumber Compatibility Kit: its features, run with Rust definitions, must produce the
//! messages that it expects.
//!
//! It is a separate test binary because each sample has its own definitions for the same texts.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails, in its helpers too")]

mod compare;
#[path = "../peers/npm.rs"]
mod npm;
mod sample_run;
mod samples;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use compare::difference;
use sample_run::{Sample, messages};

const KIT: &str = "@cucumber/compatibility-kit@30.0.0";

/// The samples for which this runner does not produce the expected messages, each with the reason.
const EXCEPTIONS: &[(&str, &str)] = &[(
    "unknown-parameter-type",
    "an expression with an unknown parameter type does not compile here, so no run can have one",
)];

#[test]
fn samples_produce_expected_messages() {
    let Some(samples) = kit() else { return };
    let mut wrong = Vec::new();
    let mut passed = 0;
    for sample in &samples {
        let excused = EXCEPTIONS.iter().find(|(name, _)| *name == sample.name);
        let found = match messages(sample) {
            Ok(ours) => difference(&sample.expected(), &ours),
            Err(reason) => Some(reason),
        };
        match (found, excused) {
            (None, None) => passed += 1,
            (Some(difference), None) => {
                wrong.push(format!("{}: {difference}", sample.name));
            }
            (Some(_), Some(_)) => {}
            (None, Some((name, reason))) => {
                wrong.push(format!("{name}: passes, and is excused because it {reason}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} samples:\n\n{}", wrong.len(), wrong.join("\n\n"));
    assert_eq!(passed + EXCEPTIONS.len(), samples.len());
}

#[test]
fn every_sample_has_definitions() {
    let Some(samples) = kit() else { return };
    let excused: BTreeSet<_> = EXCEPTIONS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let theirs: BTreeSet<_> = samples.into_iter().map(|sample| sample.name).collect();
    let wanted: BTreeSet<_> = theirs.difference(&excused).cloned().collect();
    let ours: BTreeSet<_> = samples::NAMES.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(ours, wanted, "a file of definitions for each sample of the kit");
    assert!(excused.is_subset(&theirs), "{excused:?} are samples of the kit");
}

/// Returns the samples of the kit, one for each folder.
fn kit() -> Option<Vec<Sample>> {
    let modules = npm::installed("compatibility-kit", &[KIT])?;
    let folder = modules.join("node_modules/@cucumber/compatibility-kit/features");
    let mut folders: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    Some(folders.into_iter().map(Sample::in_folder).collect())
}
