//! Definitions for the sample `skipped-failing-hook`.

use harmony_bdd::{Outcome, after_scenario, given};

#[given("a step that skips")]
fn skips() -> Outcome {
    Outcome::Skipped { reason: None }
}

#[after_scenario]
fn fails() {
    panic!("whoops");
}
