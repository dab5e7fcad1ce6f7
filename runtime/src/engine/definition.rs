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
    /// The regex it stands for, in pieces to be joined and without anchors; empty for a literal.
    pub regex: &'static [&'static str],
    /// What it captures, in order.
    pub groups: &'static [Group],
    /// The text that every match holds, in order: what it begins with, what comes between, what
    /// it ends with. Anchors the look-up; empty where nothing is known, as for a literal.
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
    /// `file!()` of the attribute.
    pub file: &'static str,
    /// `line!()` of the attribute.
    pub line: u32,
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
    pub(super) file: &'static str,
    pub(super) line: u32,
    pub(super) groups: &'static [Group],
    pub(super) argument: ArgumentNeed,
    pub(super) pattern: &'static str,
}

impl Callee {
    pub(super) fn candidate(&self) -> Candidate {
        Candidate {
            pattern: self.pattern.to_owned(),
            function: self.function.to_owned(),
            place: CodePlace { file: self.file.to_owned(), line: self.line },
            captures: Vec::new(),
            hint: None,
        }
    }
}

impl HookDefinition {
    pub(super) fn callee(&self) -> Callee {
        Callee {
            function: self.function,
            file: self.file,
            line: self.line,
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
            file: self.file,
            line: self.line,
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
        CodePlace { file: self.file.to_owned(), line: self.line }
    }
}

inventory::collect!(StepDefinition);
