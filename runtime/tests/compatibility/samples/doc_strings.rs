//! Definitions for the sample `doc-strings`.

use harmony_bdd::{DocString, given};

#[given("a doc string:")]
fn doc_string(_text: &DocString) {}
