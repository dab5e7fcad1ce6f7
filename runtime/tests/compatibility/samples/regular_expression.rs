//! Definitions for the sample `regular-expression`.

use harmony_bdd::given;

#[given(r"^a (.*?)(?: and a (.*?))?(?: and a (.*?))?$")]
fn vegetables(_first: String, _second: Option<String>, _third: Option<String>) {}
