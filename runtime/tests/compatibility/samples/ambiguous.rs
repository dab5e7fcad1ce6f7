//! Definitions for the sample `ambiguous`.

use harmony_bdd::given;

#[given(r"^a (.*?) with (.*?)$")]
fn anything(_what: String, _with: String) {}

#[given(r"^a step with (.*?)$")]
fn step(_with: String) {}
