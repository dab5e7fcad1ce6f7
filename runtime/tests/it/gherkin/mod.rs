//! The Gherkin parser from outside: text in, documents, scenarios and errors out.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use harmony_bdd::gherkin::{self, ParseErrors, ast};
use harmony_bdd::model::Scenario;

mod arguments;
mod documents;
mod errors;
mod expansion;
mod formatting;
mod languages;
mod loading;
mod markdown;
mod official;
mod official_json;
mod robustness;

/// Parses a text that must be valid.
fn document(text: &str) -> ast::GherkinDocument {
    gherkin::parse("test.feature", text).unwrap_or_else(|errors| panic!("{errors}\n\n{text}"))
}

/// Parses the feature of a text that must be valid.
fn feature(text: &str) -> ast::Feature {
    document(text).feature.unwrap()
}

/// Parses the scenarios of a text that must be valid.
fn scenarios(text: &str) -> Vec<Scenario> {
    gherkin::scenarios(&document(text))
}

/// Parses a text that must be invalid, and returns its errors.
fn errors(text: &str) -> ParseErrors {
    match gherkin::parse("test.feature", text) {
        Ok(document) => panic!("nothing is wrong: {document:?}"),
        Err(errors) => errors,
    }
}
