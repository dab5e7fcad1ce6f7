//! The scenarios of compat mode.

use std::collections::HashSet;
use std::sync::Arc;

use crate::harmony::routing::compat_scenarios;
use crate::local::Selection;
use crate::model::Scenario;

/// Returns the selected scenarios as the reference runner generates them: an outline is one scenario.
pub(super) fn selected_compat_scenarios(selection: &Selection) -> Vec<Arc<Scenario>> {
    let selected: HashSet<_> = selection.scenarios.iter().map(|s| &s.location).collect();
    let scenarios = selection.documents.iter().flat_map(|document| compat_scenarios(document));
    scenarios.filter(|scenario| selected.contains(&scenario.location)).map(Arc::new).collect()
}
