//! Checks of features and step definitions that run nothing.
//!
//! It looks up each text once, so that a large suite takes milliseconds. It runs no step and no hook
//! and prints nothing.
//!
//! Imports between the files go one way: `definitions`, `names`, `tags`, `foreign_tags` and `documents` -> `finding`, and
//! `documents` -> `placeholders`.

mod definitions;
mod documents;
mod finding;
mod foreign_tags;
mod names;
mod placeholders;
mod tags;

pub use finding::{Finding, FindingKind};

use crate::engine::Registry;

use super::select::Selection;

/// Returns all findings about the selection, which must contain its documents.
///
/// The findings are sorted by kind, the worst first, then by file and line.
pub fn check(registry: &Registry, selection: &Selection) -> Vec<Finding> {
    let mut findings = definitions::findings(registry, &selection.scenarios);
    findings.extend(names::findings(&selection.documents));
    findings.extend(tags::findings(&selection.scenarios));
    findings.extend(foreign_tags::findings(registry, &selection.scenarios));
    for document in &selection.documents {
        findings.extend(documents::findings(document));
    }
    sort_findings(&mut findings);
    findings
}

/// Sorts findings by kind, the worst first, then by file and line.
pub fn sort_findings(findings: &mut [Finding]) {
    findings.sort_by(|a, b| {
        (a.kind, &a.path, a.line, a.column).cmp(&(b.kind, &b.path, b.line, b.column))
    });
}
