//! Definitions for the sample `multiple-features-reversed`.

use harmony_bdd::given;

#[given(expr = "an order for {string}")]
fn order(_what: String) {}
