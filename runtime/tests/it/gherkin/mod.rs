//! The Gherkin parser from outside: text in, documents, scenarios and errors out.
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a panic is how a test fails; a skipped test says so"
)]

use harmony_bdd::gherkin::{self, ParseErrors, ast};
use harmony_bdd::model::Scenario;

mod arguments;
mod documents;
mod errors;
mod expansion;
mod languages;
mod loading;
mod official;
mod official_json;
mod robustness;

/// The document of a text that must be right.
fn document(text: &str) -> ast::GherkinDocument {
    gherkin::parse("test.feature", text).unwrap_or_else(|errors| panic!("{errors}\n\n{text}"))
}

/// The feature of a text that must be right and have one.
fn feature(text: &str) -> ast::Feature {
    document(text).feature.unwrap()
}

/// The scenarios of a text that must be right.
fn scenarios(text: &str) -> Vec<Scenario> {
    gherkin::scenarios(&document(text))
}

/// The errors of a text that must be wrong.
fn errors(text: &str) -> ParseErrors {
    match gherkin::parse("test.feature", text) {
        Ok(document) => panic!("nothing is wrong: {document:?}"),
        Err(errors) => errors,
    }
}
