//! Definitions for the sample `rules-backgrounds`.

use harmony_bdd::{given, then, when};

#[given(expr = "an order for {string}")]
fn order(_what: String) {}

#[when("an action")]
fn action() {}

#[then("an outcome")]
fn outcome() {}
