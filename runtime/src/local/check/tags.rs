//! Tags that look like those that schedule scenarios, and have no effect.

use std::collections::HashSet;
use std::sync::Arc;

use super::{Finding, FindingKind};
use crate::model::Scenario;
use crate::schedule::malformed_tag;

pub(super) fn findings(scenarios: &[Arc<Scenario>]) -> Vec<Finding> {
    // All scenarios of a feature have its tags.
    let mut known = HashSet::new();
    let mut findings = Vec::new();
    for tag in scenarios.iter().flat_map(|scenario| &scenario.tags) {
        let location = &tag.location;
        if let Some(reason) = malformed_tag(&tag.name)
            && known.insert((&location.path, location.line, location.column))
        {
            findings.push(Finding {
                kind: FindingKind::MalformedTag,
                message: format!("the tag {} has no effect", tag.name),
                path: location.path.to_string(),
                line: location.line,
                column: location.column,
                notes: vec![reason.to_string()],
                snippet: None,
            });
        }
    }
    findings
}
