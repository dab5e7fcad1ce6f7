//! Cucumber Expressions, from the text of the attribute to the arguments of a step.
//!
//! The grammar lives in the macro crate, which can export nothing but macros; its source is
//! included here so that it is tested together with the registry that matches with its output.

#[expect(dead_code, unused_imports, reason = "the regexes of the macros use the rest")]
#[path = "../../../../macros/src/expression/mod.rs"]
mod expression;

mod argument;
mod grammar;
mod official;
