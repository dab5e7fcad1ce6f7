//! What can be said about features and definitions without running anything.
//!
//! Looks every step up once per text, so that a large suite takes milliseconds; runs no step and no
//! hook, writes nothing.

mod definitions;
mod documents;
mod finding;

pub use finding::{Finding, FindingKind};

use crate::engine::Registry;

use super::Selection;
use crate::sort::sort_by;

/// Everything there is to say about the selection, which must hold its documents.
///
/// Findings come by kind, the worst first, and by file and line within a kind.
pub fn check(registry: &Registry, selection: &Selection) -> Vec<Finding> {
    let mut findings = definitions::findings(registry, &selection.scenarios);
    for document in &selection.documents {
        findings.extend(documents::findings(document));
    }
    sort_by(&mut findings, |a, b| {
        (a.kind, &a.path, a.line, a.column).cmp(&(b.kind, &b.path, b.line, b.column))
    });
    findings
}
