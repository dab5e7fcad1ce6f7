//! Definitions for the sample `pending-exception`.

use harmony_bdd::{Outcome, given};

#[given("an unimplemented pending step")]
fn pending() -> Outcome {
    Outcome::pending("not written yet")
}
