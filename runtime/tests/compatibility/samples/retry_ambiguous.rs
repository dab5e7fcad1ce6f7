//! Definitions for the sample `retry-ambiguous`.

use harmony_bdd::given;

#[given("an ambiguous step")]
fn one() {}

#[given("an ambiguous step")]
fn another() {}
