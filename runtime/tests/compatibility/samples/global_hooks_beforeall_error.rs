//! Definitions for the sample `global-hooks-beforeall-error`.

use harmony_bdd::{after_all, before_all, when};

#[before_all]
fn first() {}

#[before_all]
fn wrong() {
    panic!("went wrong");
}

#[before_all]
fn third() {}

#[when("a step passes")]
fn passes() {}

#[after_all]
fn last() {}

#[after_all]
fn last_but_one() {}
