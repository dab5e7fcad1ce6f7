//! Reads feature files: text to document to scenarios.
//!
//! ```text
//!  text ── line, language, tags, table, doc_string ──> recognised lines
//!       ── grammar, builder ──> ast::GherkinDocument   (or ParseErrors)
//!       ── expansion ──> Vec<model::Scenario>
//! ```
//!
//! Follows the official Gherkin grammar and its pickle compiler in all languages Gherkin has
//! keywords for. Nothing here selects, matches or runs. A feature file is read in time linear in
//! its size, and reading never panics.
//!
//! ```
//! use harmony_bdd::gherkin;
//!
//! let text = "\
//! Feature: Buffers
//!   Scenario Outline: One frame
//!     Given a buffer of <size> bytes
//!     Examples:
//!       | size |
//!       |   64 |
//!       | 4096 |
//! ";
//! let document = gherkin::parse("buffers.feature", text)?;
//! let scenarios = gherkin::scenarios(&document);
//! assert_eq!(scenarios[1].steps[0].text, "a buffer of 4096 bytes");
//! assert_eq!(scenarios[1].steps[0].place.to_string(), "buffers.feature:3:5");
//! # Ok::<(), gherkin::ParseErrors>(())
//! ```

use std::sync::Arc;

pub mod ast;
mod builder;
mod doc_string;
mod error;
mod expansion;
mod grammar;
mod hint;
mod language;
mod line;
mod load;
mod nearness;
mod render;
mod report;
mod table;
mod tags;
mod words;

pub use error::{Expected, ParseError, ParseErrorKind, ParseErrors};
pub use expansion::scenarios;
pub use load::{LoadError, load};

/// The keyword that `line` of a description may have been meant to begin with, for a file in the
/// language of this code: `Gven a step` is description by the grammar, and hardly meant so.
pub fn mistyped_step(line: &str, language: &str) -> Option<&'static str> {
    hint::mistyped_step(line, language)
}

/// Parses `text`; `path` is only what places and messages name, nothing is read from it.
///
/// A byte order mark at the start is not part of the text.
///
/// # Errors
///
/// When the text is not right as Gherkin: every mistake found, with place and hint. Reading goes
/// on behind a mistake and ends after eleven.
pub fn parse(path: &str, text: &str) -> Result<ast::GherkinDocument, ParseErrors> {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    grammar::read(Arc::from(path), Arc::from(text))
}
