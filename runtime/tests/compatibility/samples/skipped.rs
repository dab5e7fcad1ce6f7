//! Definitions for the sample `skipped`.

use harmony_bdd::{Outcome, given};

#[given("a step that does not skip")]
fn does_not_skip() {}

#[given("a step that is skipped")]
fn is_skipped() {}

#[given("I skip a step")]
fn skips() -> Outcome {
    Outcome::Skipped { reason: None }
}
