//! Definitions for the sample `hooks-named`.

use harmony_bdd::{after_scenario, before_scenario, when};

#[before_scenario]
fn a_named_before_hook() {}

#[when("a step passes")]
fn passes() {}

#[after_scenario]
fn a_named_after_hook() {}
