//! Definitions for the sample `failedish-combinations`.

use harmony_bdd::{Outcome, given};

#[given(r"^a step$")]
fn step() {}

#[given(r"^a skipped step$")]
fn skipped() -> Outcome {
    Outcome::Skipped { reason: None }
}

#[given(r"^a pending step$")]
fn pending() -> Outcome {
    Outcome::Pending { reason: None }
}

#[given(r"^an ambiguous (.*?)$")]
fn ambiguous_at_the_beginning(_rest: String) {}

#[given(r"^(.*?) ambiguous step$")]
fn ambiguous_at_the_end(_rest: String) {}

#[given(r"^a failing step$")]
fn failing() {
    panic!("whoops");
}
