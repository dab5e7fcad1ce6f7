//! Definitions for the sample `global-hooks`.

use harmony_bdd::{after_all, before_all, when};

#[before_all]
fn first() {}

#[before_all]
fn second() {}

#[when("a step passes")]
fn passes() {}

#[when("a step fails")]
fn fails() {
    panic!("on purpose");
}

#[after_all]
fn last() {}

#[after_all]
fn last_but_one() {}
