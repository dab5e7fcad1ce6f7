//! Definitions for the sample `skipped-exception`.

use harmony_bdd::{Outcome, given};

#[given("I skip a step")]
fn skips() -> Outcome {
    Outcome::skip("not today")
}
