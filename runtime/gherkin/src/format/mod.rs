//! Formats feature files: canonical indentation, blank lines and aligned tables.
//!
//! ```text
//!  text ── parser ──> document ── outline ──> the role and depth of each line that has a meaning
//!  text + outline ── layout ──> lines, indented and separated
//!                 ── table  ──> rows of one table, aligned
//! ```
//!
//! A line stays a line: nothing is joined or split. The formatted text has the same scenarios as the
//! original; a text for which that does not hold is an error and stays as it is. Comments keep their
//! text and doc strings their content, byte for byte.

mod layout;
mod outline;
mod table;

use std::fmt;

use super::ast::GherkinDocument;
use super::error::ParseErrors;
use super::line::is_blank;
use super::syntax::Syntax;
use crate::model::{Location, Scenario, StepArgument};

/// A feature file that cannot be formatted.
#[derive(Debug)]
pub enum FormatError {
    /// The file has errors.
    Parse(ParseErrors),
    /// Formatting would change the scenarios. No file is known for which this happens.
    Meaning {
        /// The path of the file.
        path: String,
    },
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parse(errors) => errors.fmt(f),
            Self::Meaning { path } => write!(
                f,
                "{path}: not formatted, since that would change its scenarios; please report this file"
            ),
        }
    }
}

// The errors of the parser are printed as a whole, and are not the cause of another one.
impl std::error::Error for FormatError {}

impl From<ParseErrors> for FormatError {
    fn from(errors: ParseErrors) -> Self {
        Self::Parse(errors)
    }
}

/// Returns `text` in canonical form; `path` is used in messages. Markdown stays as it is: it has formatters.
///
/// The indentation is two spaces for each level. A blank line precedes each background, scenario, rule
/// and examples block; elsewhere several blank lines become one. The cells of a table are padded to the
/// display width of their column, numbers on the left. Formatting twice gives the same text as once.
///
/// # Errors
///
/// All errors of a file that cannot be parsed.
///
/// ```
/// let text = "Feature: Basket\nScenario: Empty\nGiven a basket\n|a|1|\n|bc|2|\n";
/// let formatted = harmony_bdd_gherkin::format("basket.feature", text)?;
/// assert!(formatted.ends_with("    Given a basket\n      | a  | 1 |\n      | bc | 2 |\n"));
/// # Ok::<(), harmony_bdd_gherkin::FormatError>(())
/// ```
pub fn format(path: &str, text: &str) -> Result<String, FormatError> {
    let document = super::parse(path, text)?;
    if Syntax::of_path(path) == Syntax::Markdown {
        return Ok(document.source.as_ref().to_owned());
    }
    let formatted = layout::layout(&document.source, &outline::outline(&document));
    let again = super::parse(path, &formatted);
    if again.is_ok_and(|again| has_same_meaning(&document, &again)) {
        Ok(formatted)
    } else {
        Err(FormatError::Meaning { path: path.to_owned() })
    }
}

fn has_same_meaning(before: &GherkinDocument, after: &GherkinDocument) -> bool {
    comments(before).eq(comments(after))
        && scenarios_without_places(before) == scenarios_without_places(after)
}

fn comments(document: &GherkinDocument) -> impl Iterator<Item = &str> {
    document.comments.iter().map(|comment| comment.text.trim_start_matches(is_blank))
}

fn scenarios_without_places(document: &GherkinDocument) -> Vec<Scenario> {
    let mut scenarios = super::scenarios(document);
    for scenario in &mut scenarios {
        forget(&mut scenario.location);
        scenario.example_row.iter_mut().for_each(forget);
        scenario.tags.iter_mut().for_each(|tag| forget(&mut tag.location));
        for step in &mut scenario.steps {
            forget(&mut step.location);
            let extra = step.extra_argument.as_deref_mut();
            for argument in step.argument.iter_mut().chain(extra) {
                match argument {
                    StepArgument::DataTable(table) => forget(&mut table.location),
                    StepArgument::DocString(text) => forget(&mut text.location),
                }
            }
        }
    }
    scenarios
}

fn forget(location: &mut Location) {
    (location.line, location.column) = (0, 0);
}
