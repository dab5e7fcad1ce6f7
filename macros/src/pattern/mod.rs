//! Patterns: the captures, the regex and the template of the text in an attribute.

mod limits;
pub(crate) mod regex;
mod repeated;
mod template;
mod text;

use syn::{Error, Result};

use crate::attr::{PatternKind, StepAttribute};
use crate::expression::{self, Element, Piece};
pub(crate) use repeated::repeated;
use text::TextError;

/// A valid pattern.
#[derive(Debug)]
pub(crate) struct Pattern {
    /// Its captures, in order.
    pub(crate) groups: Vec<Group>,
    /// The regex, without anchors; empty for one that is used as it was written.
    pub(crate) pieces: Vec<Piece>,
    /// The fixed text of every match: the beginning, the parts between, the end.
    pub(crate) literals: Vec<String>,
    /// The same as a template, if it has one.
    pub(crate) template: Option<Vec<Element>>,
}

/// One capture of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) name: GroupName,
    /// True if the text is in quotes that are not part of the value.
    pub(crate) quoted: bool,
    /// True if a match may lack it.
    pub(crate) optional: bool,
}

/// The name of a capture.
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
        let span = attribute.source.span();
        let wrong = |error: TextError| Error::new(span, error);
        if source.is_empty() {
            return Err(Error::new(
                attribute.source.span(),
                "the step text is empty\nhelp: write the text of the step, without its keyword",
            ));
        }
        match attribute.kind {
            PatternKind::Literal => {
                text::check_literal(&source).map_err(wrong)?;
                Ok(Self {
                    groups: Vec::new(),
                    pieces: Vec::new(),
                    literals: Vec::new(),
                    template: None,
                })
            }
            PatternKind::Regex => {
                text::check_regex(&source, attribute.is_marked).map_err(wrong)?;
                let parsed = regex::parse(&source).map_err(|error| Error::new(span, error))?;
                let literals = regex::literals(&parsed);
                text::check_ends(&literals).map_err(wrong)?;
                if literals.iter().any(|literal| literal.contains('\n')) {
                    // Unless the regex says `\n`: a value of an outline may have a line break.
                    text::check_lines(&source).map_err(wrong)?;
                }
                Ok(Self {
                    groups: regex::groups(&parsed),
                    literals,
                    template: template::template(&parsed),
                    pieces: regex::closed(&source).map(Piece::Text).into_iter().collect(),
                })
            }
            PatternKind::Expression => {
                let compiled =
                    expression::compile(&source).map_err(|problem| Error::new(span, problem))?;
                text::check_lines(&source)
                    .and(text::check_ends(&compiled.literals))
                    .map_err(wrong)?;
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
