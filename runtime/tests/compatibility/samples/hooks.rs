//! Definitions for the sample `hooks`.

use harmony_bdd::{after_scenario, before_scenario, when};

#[before_scenario]
fn begin() {}

#[when("a step passes")]
fn passes() {}

#[when("a step fails")]
fn fails() {
    panic!("on purpose");
}

#[after_scenario]
fn end() {}
