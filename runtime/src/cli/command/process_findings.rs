//! The findings of `check` about processes, in addition to those about definitions.

use crate::harmony::plan::compat_check::compat_findings;
use crate::harmony::plan::role_check::suspicious_roles;
use crate::harmony::routing::Mode;
use crate::local::Selection;
use crate::local::check::{Finding, FindingKind};
use crate::model::Location;

/// Finds roles that are probably misspelt and, in compat mode, what the reference runner reads
/// differently. The selection must contain its documents.
pub(super) fn process_findings(selection: &Selection, mode: Mode) -> Vec<Finding> {
    let roles = suspicious_roles(&selection.scenarios, mode).into_iter().map(|found| {
        let message = format!("no other step names the role '{}'", found.role);
        let notes = vec![
            format!("did you mean '{}'?", found.similar),
            "a run starts a process for each role".to_owned(),
        ];
        finding(FindingKind::SuspiciousRole, message, &found.location, notes)
    });
    let mut findings: Vec<Finding> = roles.collect();
    if mode == Mode::Compat {
        let found = selection.documents.iter().flat_map(|document| compat_findings(document));
        findings.extend(found.map(|found| {
            let message = found.kind.message().to_owned();
            finding(FindingKind::Compat, message, &found.location, Vec::new())
        }));
    }
    findings
}

fn finding(kind: FindingKind, message: String, location: &Location, notes: Vec<String>) -> Finding {
    Finding {
        kind,
        message,
        path: location.path.to_string(),
        line: location.line,
        column: location.column,
        notes,
        snippet: None,
    }
}
