//! What `#[before_scenario]` and its kin register.

use super::{Body, SourcePlace};
use crate::model::{CodePlace, Failure, HookKind, Outcome};

/// One part of a tag filter, written with the operators behind their operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TagTerm {
    /// Whether the tag is there; the name keeps its `@`.
    Tag(&'static str),
    /// Turns the last value around.
    Not,
    /// Whether the last two are both true.
    And,
    /// Whether one of the last two is.
    Or,
}

/// One hook function.
#[derive(Debug)]
pub struct HookDefinition {
    /// When it runs.
    pub kind: HookKind,
    /// Hooks with a smaller number run first before, and last after.
    pub order: i32,
    /// Which tags it runs for; empty for all.
    pub tags: &'static [TagTerm],
    /// Its deadline in ms; the runner's default where `None`.
    pub timeout_ms: Option<u64>,
    /// The function's name.
    pub function: &'static str,
    /// `module_path!()` of the function.
    pub module: &'static str,
    /// Where the attribute stands.
    pub at: SourcePlace,
    /// What runs.
    pub body: Body<Outcome>,
}

impl HookDefinition {
    /// Where the hook stands.
    pub fn place(&self) -> CodePlace {
        self.at.place()
    }

    /// The failure of this hook for that reason.
    pub(super) fn failure(&self, reason: Failure) -> Failure {
        let (name, place) = (self.kind.name_of(self.function), self.place());
        let message = format!("{name} ({place}): {}", reason.message);
        Failure { message, ..reason }
    }

    /// The tag filter as a tag expression; `None` where it runs for all.
    pub fn tag_expression(&self) -> Option<String> {
        // Each part with how tightly it holds together: `or`, `and`, everything else.
        let mut parts: Vec<(u8, String)> = Vec::new();
        for term in self.tags {
            let part = match term {
                TagTerm::Tag(name) => (3, (*name).to_owned()),
                TagTerm::Not => (3, format!("not {}", enclosed(parts.pop(), 3))),
                TagTerm::And | TagTerm::Or => {
                    let (word, strength) =
                        if *term == TagTerm::And { ("and", 2) } else { ("or", 1) };
                    let right = enclosed(parts.pop(), strength);
                    (strength, format!("{} {word} {right}", enclosed(parts.pop(), strength)))
                }
            };
            parts.push(part);
        }
        parts.pop().map(|(_, text)| text)
    }

    /// Whether it runs for what carries these tags.
    pub fn applies_to<'a>(&self, tags: impl Iterator<Item = &'a str> + Clone) -> bool {
        let mut values = Vec::new();
        for term in self.tags {
            let value = match term {
                TagTerm::Tag(name) => tags.clone().any(|tag| tag == *name),
                TagTerm::Not => !values.pop().unwrap_or(true),
                TagTerm::And | TagTerm::Or => {
                    let (right, left) =
                        (values.pop().unwrap_or(true), values.pop().unwrap_or(true));
                    if *term == TagTerm::And { left && right } else { left || right }
                }
            };
            values.push(value);
        }
        values.pop().unwrap_or(true)
    }
}

/// A part of a tag expression, in parentheses where it holds together less than `strength`.
fn enclosed(part: Option<(u8, String)>, strength: u8) -> String {
    match part {
        Some((own, text)) if own < strength => format!("({text})"),
        part => part.map_or_else(String::new, |(_, text)| text),
    }
}

inventory::collect!(HookDefinition);
