//! Parameter types that `#[param]` registers, for listings.

use crate::engine::binding::StaticSourceLocation;
use crate::model::SourceLocation;

/// One declared parameter type, for listings.
#[derive(Debug)]
pub struct ParameterDefinition {
    /// Name between the braces.
    pub name: &'static str,
    /// Regex, as written.
    pub regex: &'static str,
    /// Type that it makes, as written.
    pub makes: &'static str,
    /// Source location of the attribute.
    pub at: StaticSourceLocation,
}

impl ParameterDefinition {
    /// Returns the source location of the declaration.
    pub fn location(&self) -> SourceLocation {
        self.at.location()
    }
}

inventory::collect!(ParameterDefinition);
