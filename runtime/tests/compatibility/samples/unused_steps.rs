//! Definitions for the sample `unused-steps`.

use harmony_bdd::given;

#[given("a step that is used")]
fn used() {}

#[given("a step that is not used")]
fn unused() {}
