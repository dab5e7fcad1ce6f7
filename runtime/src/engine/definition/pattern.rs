//! The pattern of a step definition.

use super::template::Element;
use crate::engine::binding::CaptureGroup;
use crate::model::PatternKind;

/// The pattern of a definition.
#[derive(Debug)]
pub struct Pattern {
    /// Syntax of the pattern.
    pub kind: PatternKind,
    /// Text of the attribute.
    pub source: &'static str,
    /// Regex of an expression, in pieces to be joined and without anchors.
    pub regex: &'static [&'static str],
    /// The capture groups, in order.
    pub groups: &'static [CaptureGroup],
    /// Literal texts as [`Pattern::literals`] returns them, for patterns without a template.
    pub literals: &'static [&'static str],
    /// Template that matches the same texts without a regex; empty if only a regex can.
    pub template: &'static [Element],
}

impl Pattern {
    /// Returns the regex of the pattern, without added anchors; empty for a literal.
    pub fn regex(&self) -> String {
        match self.kind {
            PatternKind::Regex if self.regex.is_empty() => self.source.to_owned(),
            _ => self.regex.concat(),
        }
    }

    /// Returns the texts that every match contains, in order: the prefix, the texts between values, the
    /// suffix. Empty if none is known, and for a literal.
    pub fn literals(&self) -> Vec<&'static str> {
        if self.template.is_empty() {
            return self.literals.to_vec();
        }
        let mut literals = vec![""];
        for element in self.template {
            match (element, literals.as_mut_slice()) {
                (Element::Text(text), [.., last @ ""]) => *last = text,
                _ => literals.push(""),
            }
        }
        literals
    }
}
