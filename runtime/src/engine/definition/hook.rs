//! Hooks that `#[before_scenario]` and the other hook attributes register.

use super::tag_filter::{self, TagToken};
use crate::engine::binding::{Callable, FunctionInfo, StaticSourceLocation, StepArgumentKind};
use crate::model::{Failure, HookKind, Outcome, SourceLocation};

/// One hook function.
#[derive(Debug)]
pub struct HookDefinition {
    /// Point of the run at which the hook is called.
    pub kind: HookKind,
    /// Order among hooks of one kind: before-hooks run in ascending order, after-hooks in descending.
    pub order: i32,
    /// Filter of the tags for which it runs; empty to run for all.
    pub tags: &'static [TagToken],
    /// Deadline in ms; `None` for the runner's default.
    pub timeout_ms: Option<u64>,
    /// Name of the function.
    pub function: &'static str,
    /// `module_path!()` of the function.
    pub module: &'static str,
    /// Source location of the attribute.
    pub at: StaticSourceLocation,
    /// Function to call.
    pub body: Callable<Outcome>,
}

impl HookDefinition {
    /// Returns the source location of the hook.
    pub fn location(&self) -> SourceLocation {
        self.at.location()
    }

    pub(in crate::engine) fn function_info(&self) -> FunctionInfo {
        FunctionInfo {
            function: self.function,
            at: self.at,
            groups: &[],
            argument: StepArgumentKind::Nothing,
            pattern: "",
        }
    }

    /// Returns the failure of this hook for the given reason.
    pub(in crate::engine) fn failure(&self, reason: Failure) -> Failure {
        let (name, location) = (self.kind.describe(self.function), self.location());
        let message = format!("{name} ({location}): {}", reason.message);
        Failure { message, ..reason }
    }

    /// Returns the tag filter as a tag expression, or `None` if the hook runs for all.
    pub fn tag_expression(&self) -> Option<String> {
        tag_filter::expression(self.tags)
    }

    /// Returns whether the hook runs for a scenario with these tags.
    pub fn applies_to<'a>(&self, tags: impl Iterator<Item = &'a str> + Clone) -> bool {
        tag_filter::accepts(self.tags, tags)
    }
}

inventory::collect!(HookDefinition);
