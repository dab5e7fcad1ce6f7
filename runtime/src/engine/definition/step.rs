//! Step definitions: statics that only the macros write.

use std::borrow::Cow;
use std::ops::Range;

use super::pattern::Pattern;
use super::scope::StepScope;
use crate::engine::binding::{Callable, FunctionInfo, StaticSourceLocation, StepArgumentKind};
use crate::engine::state::StateRequest;
use crate::model::{Candidate, Outcome, Scenario, SourceLocation, StepKeyword, StepMatch};

/// Options of an attribute.
#[derive(Debug, Default)]
pub struct StepOptions {
    /// Deadline of the step in ms; `None` for the runner's default.
    pub timeout_ms: Option<u64>,
    /// Duration in ms after which the step logs a warning.
    pub warn_after_ms: Option<u64>,
}

/// One function under one pattern.
#[derive(Debug)]
pub struct StepDefinition {
    /// Keyword of the attribute. It documents intent and does not take part in matching.
    pub keyword: StepKeyword,
    /// Pattern that the whole text of a step must match.
    pub pattern: Pattern,
    /// Name of the function.
    pub function: &'static str,
    /// `module_path!()` of the function.
    pub module: &'static str,
    /// Source location of the attribute.
    pub at: StaticSourceLocation,
    /// Options of the attribute.
    pub options: StepOptions,
    /// The scenarios for which the definition holds; `None` for all.
    pub scope: Option<&'static StepScope>,
    /// Argument below the step's line that the function takes.
    pub argument: StepArgumentKind,
    /// Function to call.
    pub body: Callable<Outcome>,
}

impl StepDefinition {
    pub(in crate::engine) fn function_info(&self) -> FunctionInfo {
        FunctionInfo {
            function: self.function,
            at: self.at,
            groups: self.pattern.groups,
            argument: self.argument,
            pattern: self.pattern.source,
        }
    }

    /// Returns whether the definition holds for a step of `scenario`, or of an unknown one.
    pub fn holds_for(&self, scenario: Option<&Scenario>) -> bool {
        match (self.scope, scenario) {
            (Some(scope), Some(scenario)) => scope.contains(scenario),
            _ => true,
        }
    }

    /// Returns the definition as messages describe it.
    pub fn candidate(&self) -> Candidate {
        self.function_info().candidate()
    }

    /// Returns a match with these captures, as reports describe it.
    pub fn step_match(&self, captures: Vec<Option<Range<usize>>>) -> StepMatch {
        StepMatch {
            pattern: Cow::Borrowed(self.pattern.source),
            function: Cow::Borrowed(self.function),
            file: Cow::Borrowed(self.at.file),
            line: self.at.line,
            captures,
            parameters: self.parameters(),
        }
    }

    /// Returns the states that the function takes, in the order of its parameters.
    pub fn states(&self) -> Vec<StateRequest> {
        let mut states = Vec::new();
        // The visitor refuses none.
        let _ = self.body.each_state(&mut |state| {
            states.push(*state);
            Ok(())
        });
        states
    }

    /// Returns the name of the parameter that each capture is passed to; empty if it has none.
    pub fn parameters(&self) -> Vec<Cow<'static, str>> {
        self.pattern.groups.iter().map(|group| Cow::Borrowed(group.parameter)).collect()
    }

    /// Returns the source location of the definition.
    pub fn location(&self) -> SourceLocation {
        self.at.location()
    }
}

inventory::collect!(StepDefinition);
