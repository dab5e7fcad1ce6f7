//! What one attribute registers: plain statics that the macros write and nothing else does.

use std::future::Future;
use std::pin::Pin;

use super::Invocation;
use crate::model::{CodePlace, Outcome, StepKeyword};

/// How a pattern was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PatternKind {
    /// `"text"`: nothing in it is special.
    Literal,
    /// `expr = "…"`: a Cucumber Expression.
    Expression,
    /// `regex = "…"`, or a literal that begins with `^` or ends with `$`.
    Regex,
}

/// The pattern of a definition.
#[derive(Debug)]
pub struct Pattern {
    /// How it was written.
    pub kind: PatternKind,
    /// The text in the attribute.
    pub source: &'static str,
    /// The regex it stands for, in pieces to be joined and without anchors; empty for a literal.
    pub regex: &'static [&'static str],
}

/// What an attribute says beside its pattern.
#[derive(Debug, Default)]
pub struct Options {
    /// The step's deadline in ms; the runner's default where `None`.
    pub timeout_ms: Option<u64>,
}

/// The macro-made function that converts the arguments and calls the user's function.
#[derive(Debug)]
pub enum Body {
    /// For a `fn`.
    Sync(fn(&Invocation<'_>) -> Outcome),
    /// For an `async fn`.
    Async(for<'a> fn(&'a Invocation<'a>) -> Pin<Box<dyn Future<Output = Outcome> + 'a>>),
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
    /// What runs.
    pub body: Body,
}

impl StepDefinition {
    /// Where the definition stands.
    pub fn place(&self) -> CodePlace {
        CodePlace { file: self.file.to_owned(), line: self.line }
    }
}

inventory::collect!(StepDefinition);
