//! What one attribute registers: plain statics that the macros write and nothing else does.

use super::{Body, Element, HookDefinition};
use crate::model::{Candidate, CodePlace, Outcome, PatternKind, StepKeyword};

/// The pattern of a definition.
#[derive(Debug)]
pub struct Pattern {
    /// How it was written.
    pub kind: PatternKind,
    /// The text in the attribute.
    pub source: &'static str,
    /// The regex that an expression stands for, in pieces to be joined and without anchors.
    pub regex: &'static [&'static str],
    /// What it captures, in order.
    pub groups: &'static [Group],
    /// What [`Pattern::literals`] gives where there is no template to tell it.
    pub literals: &'static [&'static str],
    /// The same without a regex; empty where only the regex says it.
    pub template: &'static [Element],
}

/// One capture of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Group {
    /// The name of the expression's parameter type or of the regex group; empty where it has none.
    pub name: &'static str,
    /// Whether the captured text stands in quotes that are not part of the value.
    pub quoted: bool,
}

impl Pattern {
    /// The regex it stands for, without anchors of its own; empty for a literal.
    pub fn regex(&self) -> String {
        match self.kind {
            PatternKind::Regex => self.source.to_owned(),
            PatternKind::Expression | PatternKind::Literal => self.regex.concat(),
        }
    }

    /// The text that every match holds, in order: what it begins with, what comes between, what
    /// it ends with. Empty where nothing is known, as for a literal.
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

/// Where an attribute stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourcePlace {
    /// The file as `file!()` gives it.
    pub file: &'static str,
    /// Line, counted from 1.
    pub line: u32,
}

impl SourcePlace {
    /// The same as messages hold it.
    pub fn place(self) -> CodePlace {
        CodePlace { file: self.file.to_owned(), line: self.line }
    }
}

/// What an attribute says beside its pattern.
#[derive(Debug, Default)]
pub struct Options {
    /// The step's deadline in ms; the runner's default where `None`.
    pub timeout_ms: Option<u64>,
    /// From which time in ms on the step logs a warning.
    pub warn_after_ms: Option<u64>,
}

/// What a function takes from below the step's line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArgumentNeed {
    /// Nothing: a step that carries something fails.
    Nothing,
    /// The data table.
    Table,
    /// The doc string.
    DocString,
}

/// One annotated function under one pattern.
#[derive(Debug)]
pub struct StepDefinition {
    /// The attribute's keyword. It documents intent and takes no part in matching.
    pub keyword: StepKeyword,
    /// What the step's text must look like, from its first to its last character.
    pub pattern: Pattern,
    /// The function's name.
    pub function: &'static str,
    /// `module_path!()` of the function.
    pub module: &'static str,
    /// Where the attribute stands.
    pub at: SourcePlace,
    /// What the attribute says beside the pattern.
    pub options: Options,
    /// What the function takes from below the step's line.
    pub argument: ArgumentNeed,
    /// What runs.
    pub body: Body<Outcome>,
}

/// What is called, whatever registered it, as messages and arguments need it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Callee {
    pub(super) function: &'static str,
    pub(super) at: SourcePlace,
    pub(super) groups: &'static [Group],
    pub(super) argument: ArgumentNeed,
    pub(super) pattern: &'static str,
}

impl Callee {
    pub(super) fn candidate(&self) -> Candidate {
        Candidate {
            pattern: self.pattern.to_owned(),
            function: self.function.to_owned(),
            place: self.at.place(),
            captures: Vec::new(),
            hint: None,
        }
    }
}

impl HookDefinition {
    pub(super) fn callee(&self) -> Callee {
        Callee {
            function: self.function,
            at: self.at,
            groups: &[],
            argument: ArgumentNeed::Nothing,
            pattern: "",
        }
    }
}

impl StepDefinition {
    pub(super) fn callee(&self) -> Callee {
        Callee {
            function: self.function,
            at: self.at,
            groups: self.pattern.groups,
            argument: self.argument,
            pattern: self.pattern.source,
        }
    }

    /// The definition as a message names it.
    pub fn candidate(&self) -> Candidate {
        self.callee().candidate()
    }

    /// Where the definition stands.
    pub fn place(&self) -> CodePlace {
        self.at.place()
    }
}

inventory::collect!(StepDefinition);
