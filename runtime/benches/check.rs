//! The cost of `check` for 1,000 scenarios of 10 steps and 2,000 definitions: reading the files, looking
//! every step up, and finding what an undefined one may have meant.
//!
//! `cargo bench -p harmony-bdd --bench check` prints medians for suites in which one step and every
//! tenth is undefined.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench prints, and dies of what fails"
)]

#[path = "shared/definitions.rs"]
mod definitions;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use definitions::{Matcher, Shape, registry, text};
use harmony_bdd::local::check::{FindingKind, check};
use harmony_bdd::local::{SelectOptions, select};

const FILES: usize = 50;
const SCENARIOS: usize = 1_000;
const STEPS: usize = 10;
const DEFINITIONS: usize = 2_000;
const ROUNDS: usize = 11;

fn main() {
    let folder = tempfile::tempdir().unwrap();
    for (name, shape) in [("mixed", Shape::Mixed), ("alike", Shape::Alike)] {
        let suites = [("one step", usize::MAX), ("every tenth step", 10)];
        for (what, stride) in suites {
            let folder = folder.path().join(format!("{name}-{stride}"));
            write(&folder, shape, stride);
            let mut times: Vec<_> = (0..ROUNDS).map(|_| time(&folder, shape, stride)).collect();
            times.sort_unstable();
            let median = times[ROUNDS / 2].as_secs_f64() * 1e3;
            println!("{name}, {what:<16} undefined: {median:>8.1} ms");
        }
    }
}

fn time(folder: &Path, shape: Shape, stride: usize) -> Duration {
    let registry = registry(shape, DEFINITIONS, Matcher::Template);
    let options = SelectOptions {
        selectors: vec![folder.to_string_lossy().into_owned()],
        keep_documents: true,
        ..SelectOptions::default()
    };
    let started = Instant::now();
    let selection = select(&options).unwrap();
    let findings = check(&registry, &selection);
    let taken = started.elapsed();
    assert_eq!(selection.scenarios.len(), SCENARIOS);
    let undefined = findings.iter().filter(|finding| finding.kind == FindingKind::Undefined);
    assert_eq!(undefined.count(), (SCENARIOS * STEPS).div_ceil(stride));
    taken
}

/// Feature files in which one step of `stride` has a typing error.
fn write(folder: &Path, shape: Shape, stride: usize) {
    fs::create_dir(folder).unwrap();
    let mut step = 0;
    for file in 0..FILES {
        let mut lines = format!("Feature: Number {file}\n");
        for scenario in 0..SCENARIOS / FILES {
            let _ = writeln!(lines, "  Scenario: Number {file} {scenario}");
            for _ in 0..STEPS {
                let mut text = text(shape, (step * 7919) % DEFINITIONS, step);
                if step % stride == 0 {
                    // The number keeps all of them apart.
                    text = format!("{} {step}", text.replacen('e', "ee", 1));
                }
                let _ = writeln!(lines, "    Given {text}");
                step += 1;
            }
        }
        fs::write(folder.join(format!("{file}.feature")), lines).unwrap();
    }
}
