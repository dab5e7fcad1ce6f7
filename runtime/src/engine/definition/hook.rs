//! Hooks that `#[before_scenario]` and the other hook attributes register.

use crate::engine::binding::{Callable, FunctionInfo, StaticSourceLocation, StepArgumentKind};
use crate::model::{Failure, HookKind, Outcome, SourceLocation};

/// One token of a tag filter in reverse Polish notation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TagToken {
    /// True if the scenario has the tag; the name includes its `@`.
    Tag(&'static str),
    /// Negates the last value.
    Not,
    /// True if the last two values are both true.
    And,
    /// True if at least one of the last two values is true.
    Or,
}

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
        // Each part with its precedence: 1 for `or`, 2 for `and`, 3 for everything else.
        let mut parts: Vec<(u8, String)> = Vec::new();
        for term in self.tags {
            let part = match term {
                TagToken::Tag(name) => (3, (*name).to_owned()),
                TagToken::Not => (3, format!("not {}", enclosed(parts.pop(), 3))),
                TagToken::And | TagToken::Or => {
                    let (word, precedence) =
                        if *term == TagToken::And { ("and", 2) } else { ("or", 1) };
                    let right = enclosed(parts.pop(), precedence);
                    (precedence, format!("{} {word} {right}", enclosed(parts.pop(), precedence)))
                }
            };
            parts.push(part);
        }
        parts.pop().map(|(_, text)| text)
    }

    /// Returns whether the hook runs for a scenario with these tags.
    pub fn applies_to<'a>(&self, tags: impl Iterator<Item = &'a str> + Clone) -> bool {
        let mut values = Vec::new();
        for term in self.tags {
            let value = match term {
                TagToken::Tag(name) => tags.clone().any(|tag| tag == *name),
                TagToken::Not => !values.pop().unwrap_or(true),
                TagToken::And | TagToken::Or => {
                    let (right, left) =
                        (values.pop().unwrap_or(true), values.pop().unwrap_or(true));
                    if *term == TagToken::And { left && right } else { left || right }
                }
            };
            values.push(value);
        }
        values.pop().unwrap_or(true)
    }
}

/// Formats a part of a tag expression, in parentheses if its precedence is lower than `precedence`.
fn enclosed(part: Option<(u8, String)>, precedence: u8) -> String {
    match part {
        Some((own, text)) if own < precedence => format!("({text})"),
        part => part.map_or_else(String::new, |(_, text)| text),
    }
}

inventory::collect!(HookDefinition);
