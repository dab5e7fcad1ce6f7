//! What a report may know before the run begins: documents, scenarios and the code that plays them.
//!
//! Plain data and one question; the answers come from whoever builds the reports.

use std::fmt;
use std::sync::Arc;

use crate::gherkin::ast::GherkinDocument;
use crate::model::{CodePlace, HookKind, PatternKind, Scenario, StepMatch};

/// What is known before the run.
#[derive(Clone, Default)]
pub struct Knowledge {
    /// The documents of the scenarios.
    pub documents: Vec<Arc<GherkinDocument>>,
    /// The scenarios in the order of the run, where [`code`](Self::code) is what plays them.
    pub scenarios: Vec<Arc<Scenario>>,
    /// The code of this binary.
    pub code: Option<Arc<dyn Code>>,
}

/// The code that plays steps.
pub trait Code {
    /// The step definitions, by file and line.
    fn definitions(&self) -> Vec<Definition>;

    /// The hooks, in any order.
    fn hooks(&self) -> Vec<Hook>;

    /// The parameter types that are not built in.
    fn parameter_types(&self) -> Vec<ParameterType>;

    /// All definitions that match a step's text, by file and line.
    fn matches(&self, text: &str) -> Vec<StepMatch>;

    /// The hooks that run before and after a scenario, in the order they run.
    fn hooks_around(&self, scenario: &Scenario) -> [Vec<Hook>; 2];
}

/// A step definition as reports name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// The pattern as written.
    pub pattern: String,
    /// How it was written.
    pub kind: PatternKind,
    /// Where its attribute stands.
    pub place: CodePlace,
    /// The parameter type of each capture of an expression, empty where it has no name.
    pub parameters: Vec<String>,
}

/// A hook as reports name it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Hook {
    /// When it runs.
    pub kind: HookKind,
    /// The function's name.
    pub function: String,
    /// The tags it runs for, as a tag expression; `None` for all.
    pub tags: Option<String>,
    /// Where its attribute stands.
    pub place: CodePlace,
}

/// A parameter type of Cucumber Expressions as reports name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParameterType {
    /// The name between the braces.
    pub name: String,
    /// Its regex as written.
    pub regex: String,
    /// Where its attribute stands.
    pub place: CodePlace,
}

impl fmt::Debug for Knowledge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Knowledge")
            .field("documents", &self.documents.len())
            .field("scenarios", &self.scenarios.len())
            .finish_non_exhaustive()
    }
}
