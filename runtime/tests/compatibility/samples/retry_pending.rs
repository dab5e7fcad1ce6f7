//! Definitions for the sample `retry-pending`.

use harmony_bdd::{Outcome, given};

#[given("a pending step")]
fn pending() -> Outcome {
    Outcome::Pending { reason: None }
}
