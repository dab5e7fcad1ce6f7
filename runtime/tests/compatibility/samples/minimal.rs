//! Definitions for the sample `minimal`.

use harmony_bdd::given;

#[given(expr = "I have {int} cukes in my belly")]
fn eaten(_count: u32) {}
