//! Definitions for the sample `test-run-exception`.

use harmony_bdd::given;

#[given("a step")]
fn step() {}
