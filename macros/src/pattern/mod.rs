//! From the pattern in an attribute to what it captures and the regex it stands for.

pub(crate) mod regex;
mod template;

use syn::{Error, Result};

use crate::attr::{PatternKind, StepAttribute};
use crate::expression::{self, Element, Piece};

/// A pattern that holds together.
#[derive(Debug)]
pub(crate) struct Pattern {
    /// What it captures, in order.
    pub(crate) groups: Vec<Group>,
    /// The regex without anchors that an expression stands for.
    pub(crate) pieces: Vec<Piece>,
    /// The text that every match holds: what it begins with, what comes between, what it ends with.
    pub(crate) literals: Vec<String>,
    /// The same without a regex, where that can be said.
    pub(crate) template: Option<Vec<Element>>,
}

/// One thing a pattern captures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) name: GroupName,
    /// Whether the text stands in quotes that are not part of the value.
    pub(crate) quoted: bool,
    /// Whether it may take no part in a match.
    pub(crate) optional: bool,
}

/// How a pattern names what it captures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum GroupName {
    /// `{int}`: the built-in parameter type of an expression.
    BuiltIn(String),
    /// `{colour}`: a declared parameter type of an expression.
    Custom(String),
    /// `(?<name>…)` in a regex.
    Named(String),
    /// `(…)` in a regex.
    Unnamed,
}

impl Pattern {
    /// Parses the pattern of `attribute`.
    pub(crate) fn compile(attribute: &StepAttribute) -> Result<Self> {
        let source = attribute.source.value();
        if source.is_empty() {
            return Err(Error::new(
                attribute.source.span(),
                "the step text is empty\nhelp: write the text of the step, without its keyword",
            ));
        }
        match attribute.kind {
            PatternKind::Literal => Ok(Self {
                groups: Vec::new(),
                pieces: Vec::new(),
                literals: Vec::new(),
                template: None,
            }),
            PatternKind::Regex => {
                let parsed =
                    regex::parse(&source).map_err(|m| Error::new(attribute.source.span(), m))?;
                Ok(Self {
                    groups: regex::groups(&parsed),
                    literals: regex::literals(&parsed),
                    template: template::template(&parsed),
                    pieces: Vec::new(),
                })
            }
            PatternKind::Expression => {
                let compiled = expression::compile(&source)
                    .map_err(|p| Error::new(attribute.source.span(), p.to_string()))?;
                let groups = compiled.parameters.into_iter().map(Group::from_parameter).collect();
                Ok(Self {
                    groups,
                    pieces: compiled.pieces,
                    literals: compiled.literals,
                    template: compiled.template,
                })
            }
        }
    }
}

impl Group {
    fn from_parameter(parameter: expression::Parameter) -> Self {
        let name = if parameter.custom {
            GroupName::Custom(parameter.name)
        } else {
            GroupName::BuiltIn(parameter.name)
        };
        Self { name, quoted: parameter.quoted, optional: false }
    }
}
