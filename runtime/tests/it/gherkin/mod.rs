//! The Gherkin parser from outside: text in, documents, scenarios and errors out.

mod official;
mod official_json;
