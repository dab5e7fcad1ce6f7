//! Definitions for the sample `global-hooks-afterall-error`.

use harmony_bdd::{after_all, before_all, when};

#[before_all]
fn first() {}

#[before_all]
fn second() {}

#[when("a step passes")]
fn passes() {}

#[after_all]
fn last() {}

#[after_all]
fn wrong() -> Result<(), &'static str> {
    Err("went wrong")
}

#[after_all]
fn last_but_two() {}
