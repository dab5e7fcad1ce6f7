//! Definitions for the sample `undefined`.

use harmony_bdd::given;

#[given("an implemented step")]
fn implemented() {}

#[given("a step that will be skipped")]
fn skipped() {}
