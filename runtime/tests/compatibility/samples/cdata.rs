//! Definitions for the sample `cdata`.

use harmony_bdd::given;

#[given(expr = "I have {int} <![CDATA[cukes]]> in my belly")]
fn eaten(_count: u32) {}
