//! Parses feature files into documents and scenarios.
//!
//! ```text
//!  text ── line, language, syntax, tags, table, doc_string ──> recognized lines
//!       ── parser (grammar), builder ──> ast::GherkinDocument   (or ParseErrors)
//!       ── expansion ──> Vec<model::Scenario>
//! ```
//!
//! Follows the official Gherkin grammar and pickle compiler in all languages of Gherkin, also in Markdown
//! for a path that ends with `.feature.md`. Nothing here
//! selects, matches or runs scenarios. Parsing takes time linear in the size of the file and never
//! panics.
//!
//! ```
//! use harmony_bdd_gherkin as gherkin;
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
//! assert_eq!(scenarios[1].steps[0].location.to_string(), "buffers.feature:3:5");
//! # Ok::<(), gherkin::ParseErrors>(())
//! ```

#![forbid(unsafe_code)]

pub mod ast;
mod builder;
mod doc_string;
mod error;
mod error_collector;
mod error_display;
mod expansion;
mod format;
mod grammar;
mod hint;
mod keywords;
mod language;
mod line;
mod load;
mod markdown;
pub mod model;
mod parser;
mod similarity;
mod syntax;
mod table;
mod tags;
pub mod text;

pub use error::{Expected, ParseError, ParseErrorKind, ParseErrors};
pub use expansion::scenarios;
pub use format::{FormatError, format};
pub use load::{LoadError, load};
pub use parser::parse;
pub use syntax::Syntax;
pub use syntax::{feature_stem, is_feature_path, is_markdown_path};

/// A step line, taken apart.
#[derive(Debug, Clone, Copy)]
pub struct StepInLine {
    /// The type of the keyword.
    pub keyword_type: ast::KeywordType,
    /// The number of bytes before the text.
    pub text_start: usize,
}

/// Returns the parts of a line that is a step by its keyword. `path` decides the syntax, `language` is the code
/// of the file's language.
pub fn step_in_line(path: &str, line: &str, language: &str) -> Option<StepInLine> {
    let language = language::Language::find(language)?;
    let text = line;
    let line = line::Lines::new(line).next()?;
    let step = Syntax::of_path(path).step(&line, &language)?;
    let before = step.position.column.saturating_sub(1) as usize;
    let (keyword, _) = text.char_indices().nth(before)?;
    let after = keyword + step.word.word.len();
    let blanks = text[after..].len() - text[after..].trim_start().len();
    Some(StepInLine { keyword_type: step.word.keyword_type, text_start: after + blanks })
}

/// Returns the keywords of a language: those of titles with their colon, those of steps with their space.
pub fn keywords(language: &str) -> Vec<String> {
    let Some(language) = language::Language::find(language) else { return Vec::new() };
    let titles = language.titles.iter().map(|(_, word)| format!("{word}: "));
    let steps = language.steps.iter().map(|step| step.word.to_owned());
    let mut keywords: Vec<_> = titles.chain(steps).collect();
    keywords.sort();
    keywords.dedup();
    keywords
}

/// Returns the items of lists in a Markdown file that begin with a mistyped step keyword, as their line, their
/// text and the keyword. Such an item is prose by the grammar. There are none in a file of another syntax.
pub fn mistyped_items(document: &ast::GherkinDocument) -> Vec<(ast::Position, &str, &'static str)> {
    match Syntax::of_path(&document.path) {
        Syntax::Plain => Vec::new(),
        Syntax::Markdown => markdown::mistyped_items(&document.source),
    }
}

/// Returns the step keyword that `line` of a description most likely starts with, mistyped.
///
/// By the grammar `Gven a step` is part of a description, which is hardly intended. `language` is the
/// code of the file's language.
pub fn suggest_step_keyword(line: &str, language: &str) -> Option<&'static str> {
    hint::suggest_step_keyword(line, language)
}
