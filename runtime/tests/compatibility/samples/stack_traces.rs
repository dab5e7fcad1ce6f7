//! Definitions for the sample `stack-traces`.

use harmony_bdd::when;

#[when("a step throws an exception")]
fn panics() {
    panic!("BOOM");
}
