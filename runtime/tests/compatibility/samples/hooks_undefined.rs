//! Definitions for the sample `hooks-undefined`.

use harmony_bdd::{after_scenario, before_scenario};

#[before_scenario]
fn begin() {}

#[after_scenario]
fn end() {}
