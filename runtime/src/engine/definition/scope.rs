//! The part of a suite in which a step definition holds.

use std::fmt;
use std::path::Path;

use super::tag_filter::{self, TagToken};
use crate::model::Scenario;

/// The scenarios for which a definition holds: those that fulfil both conditions.
#[derive(Debug, PartialEq, Eq)]
pub struct StepScope {
    /// Filter of the tags; empty for all.
    pub tags: &'static [TagToken],
    /// The name of the feature, or the end of the path of its file; `None` for all.
    pub feature: Option<&'static str>,
}

impl StepScope {
    /// Returns whether the scope contains `scenario`.
    pub fn contains(&self, scenario: &Scenario) -> bool {
        self.feature.is_none_or(|feature| is_feature(feature, scenario))
            && tag_filter::accepts(self.tags, scenario.tags.iter().map(|tag| tag.name.as_str()))
    }

    /// Returns the tag filter as a tag expression; `None` if there is none.
    pub fn tag_expression(&self) -> Option<String> {
        tag_filter::expression(self.tags)
    }
}

/// Returns whether a scenario is of the feature with this name, or of a file whose path ends like this. If its
/// feature is unknown, as in the serve process of another runner, it may be of any.
pub fn is_feature(name_or_path: &str, scenario: &Scenario) -> bool {
    let path = &*scenario.location.path;
    path.is_empty() || name_or_path == &*scenario.feature || Path::new(path).ends_with(name_or_path)
}

/// Formats the scope as an attribute has it.
impl fmt::Display for StepScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tags = self.tag_expression().map(|tags| format!("tags({tags})"));
        let feature = self.feature.map(|feature| format!("feature({feature:?})"));
        let parts: Vec<_> = tags.into_iter().chain(feature).collect();
        write!(f, "scope({})", parts.join(", "))
    }
}
