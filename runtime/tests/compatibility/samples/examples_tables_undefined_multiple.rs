//! Definitions for the sample `examples-tables-undefined-multiple`.

use harmony_bdd::{given, then, when};

#[derive(Default)]
struct Cucumbers(i64);

#[given(expr = "there are {int} cucumbers")]
fn there_are(cucumbers: &mut Cucumbers, count: i64) {
    cucumbers.0 = count;
}

#[when(expr = "I eat {int} cucumbers")]
fn eat(cucumbers: &mut Cucumbers, count: i64) {
    cucumbers.0 -= count;
}

#[then(expr = "I should have {int} cucumbers")]
fn left(cucumbers: &Cucumbers, count: i64) {
    assert_eq!(cucumbers.0, count);
}
