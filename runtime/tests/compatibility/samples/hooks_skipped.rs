//! Definitions for the sample `hooks-skipped`.

use harmony_bdd::{Outcome, after_scenario, before_scenario, given};

const SKIPPED: Outcome = Outcome::Skipped { reason: None };

#[before_scenario]
fn first() {}

#[before_scenario(tags(@skip-before))]
fn skips_the_scenario() -> Outcome {
    SKIPPED
}

#[before_scenario]
fn third() {}

#[given("a normal step")]
fn normal() {}

#[given("a step that skips")]
fn skips() -> Outcome {
    SKIPPED
}

#[after_scenario]
fn last() {}

#[after_scenario(tags(@skip-after))]
fn skips_itself() -> Outcome {
    SKIPPED
}

#[after_scenario]
fn last_but_two() {}
