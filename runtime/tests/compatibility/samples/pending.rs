//! Definitions for the sample `pending`.

use harmony_bdd::{Outcome, given};

#[given("an implemented non-pending step")]
fn implemented() {}

#[given("an implemented step that is skipped")]
fn skipped() {}

#[given("an unimplemented pending step")]
fn pending() -> Outcome {
    Outcome::Pending { reason: None }
}
