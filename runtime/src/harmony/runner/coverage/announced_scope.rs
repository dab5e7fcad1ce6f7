//! The scope of a definition, as a serve of this project announces it.

use serde_json::{Map, Value};

use crate::engine::is_feature;
use crate::harmony::protocol::members::member;
use crate::model::Scenario;

/// The scope of a definition.
#[derive(Debug)]
pub(super) struct AnnouncedScope {
    /// The tag filter, in reverse Polish notation.
    tags: Vec<String>,
    /// The name of the feature, or the end of the path of its file.
    feature: Option<String>,
}

impl AnnouncedScope {
    /// Reads the scope of a step of `discover`, if it has one.
    pub(super) fn read(step: &Map<String, Value>) -> Option<Self> {
        let scope = member(step, "scope")?.as_object()?;
        let tags = member(scope, "tags")?.as_array()?;
        let tags = tags.iter().filter_map(|tag| Some(tag.as_str()?.to_owned())).collect();
        let feature = member(scope, "feature").and_then(Value::as_str).map(str::to_owned);
        Some(Self { tags, feature })
    }

    /// Returns whether the scope contains `scenario`.
    pub(super) fn contains(&self, scenario: &Scenario) -> bool {
        let feature = self.feature.as_deref();
        feature.is_none_or(|feature| is_feature(feature, scenario)) && self.accepts_tags(scenario)
    }

    fn accepts_tags(&self, scenario: &Scenario) -> bool {
        let mut values = Vec::new();
        for token in &self.tags {
            let value = match token.as_str() {
                "not" => !values.pop().unwrap_or(true),
                "and" | "or" => {
                    let (right, left) =
                        (values.pop().unwrap_or(true), values.pop().unwrap_or(true));
                    if token == "and" { left && right } else { left || right }
                }
                name => scenario.tags.iter().any(|tag| tag.name == name),
            };
            values.push(value);
        }
        values.pop().unwrap_or(true)
    }
}
