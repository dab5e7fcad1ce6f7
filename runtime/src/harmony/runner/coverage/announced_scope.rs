//! The scope of a definition, as a serve of this project announces it.

use serde_json::{Map, Value};

use crate::harmony::protocol::members::member;
use crate::model::Scenario;

/// The tag filter of a definition, in reverse Polish notation. A serve process does not know the feature of a
/// scenario, so that it does not limit what the process supports.
#[derive(Debug)]
pub(super) struct AnnouncedScope(Vec<String>);

impl AnnouncedScope {
    /// Reads the scope of a step of `discover`, if it has one.
    pub(super) fn read(step: &Map<String, Value>) -> Option<Self> {
        let tags = member(member(step, "scope")?.as_object()?, "tags")?.as_array()?;
        Some(Self(tags.iter().filter_map(|tag| Some(tag.as_str()?.to_owned())).collect()))
    }

    /// Returns whether the scope contains `scenario`.
    pub(super) fn contains(&self, scenario: &Scenario) -> bool {
        let mut values = Vec::new();
        for token in &self.0 {
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
