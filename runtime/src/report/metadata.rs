//! The metadata that is known before a run: documents, scenarios and the code of the steps.
//!
//! Plain data and one trait, which the creator of the reports implements.

use std::fmt;
use std::sync::Arc;

use crate::gherkin::ast::GherkinDocument;
use crate::model::{HookKind, PatternKind, Scenario, SourceLocation, StepMatch};

/// The metadata of a run, known before it starts.
#[derive(Clone, Default)]
pub struct RunMetadata {
    /// The documents of the scenarios.
    pub documents: Vec<Arc<GherkinDocument>>,
    /// The scenarios in the order of the run, if [`library`](Self::library) executes their steps.
    pub scenarios: Vec<Arc<Scenario>>,
    /// The options that rerun each scenario as it was, by its number; empty if there are none.
    pub rerun_options: Vec<String>,
    /// The step definitions and hooks of this binary.
    pub library: Option<Arc<dyn StepLibrary>>,
}

/// The step definitions, hooks and parameter types of a binary.
pub trait StepLibrary {
    /// Returns the step definitions, sorted by file and line.
    fn definitions(&self) -> Vec<DefinitionInfo>;

    /// Returns the hooks, in any order.
    fn hooks(&self) -> Vec<HookInfo>;

    /// Returns the parameter types that are not built in.
    fn parameter_types(&self) -> Vec<ParameterTypeInfo>;

    /// Returns all definitions that match the text of a step of a scenario, sorted by file and line.
    fn matches(&self, scenario: &Scenario, text: &str) -> Vec<StepMatch>;

    /// Returns the hooks that run before and after a scenario, in the order in which they run.
    fn scenario_hooks(&self, scenario: &Scenario) -> [Vec<HookInfo>; 2];
}

/// A step definition, as reports describe it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefinitionInfo {
    /// The pattern, as written.
    pub pattern: String,
    /// The notation of the pattern.
    pub kind: PatternKind,
    /// The location of its attribute.
    pub location: SourceLocation,
    /// The name of the parameter type of each capture of an expression; empty if it has none.
    pub parameters: Vec<String>,
}

/// A hook, as reports describe it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HookInfo {
    /// The kind of hook.
    pub kind: HookKind,
    /// The name of the function.
    pub function: String,
    /// The tag expression that selects its scenarios; `None` for all.
    pub tags: Option<String>,
    /// The location of its attribute.
    pub location: SourceLocation,
}

/// A parameter type of Cucumber Expressions, as reports describe it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParameterTypeInfo {
    /// The name between the braces.
    pub name: String,
    /// The regex, as written.
    pub regex: String,
    /// The location of its attribute.
    pub location: SourceLocation,
}

impl fmt::Debug for RunMetadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunMetadata")
            .field("documents", &self.documents.len())
            .field("scenarios", &self.scenarios.len())
            .finish_non_exhaustive()
    }
}
