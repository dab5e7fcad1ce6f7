//! Definitions for the sample `hooks-conditional`.

use harmony_bdd::{after_scenario, before_scenario, when};

#[before_scenario(tags(@passing-hook))]
fn passes_before() {}

#[before_scenario(tags(@fail-before))]
fn fails_before() {
    panic!("on purpose");
}

#[when("a step passes")]
fn passes() {}

#[after_scenario(tags(@fail-after))]
fn fails_after() -> Result<(), &'static str> {
    Err("on purpose")
}

#[after_scenario(tags(@passing-hook))]
fn passes_after() {}
