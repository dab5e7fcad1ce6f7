//! A test target with `test_main!`: its scenarios are tests of `cargo test`.
//!
//! Its options are tested in `tests/runner/libtest.rs`.

use harmony_bdd::{given, then};

#[derive(Default)]
struct Sum(i64);

#[given(expr = "a sum of {int}")]
fn sum(sum: &mut Sum, start: i64) {
    sum.0 = start;
}

#[given(expr = "{int} is added")]
fn add(sum: &mut Sum, number: i64) {
    sum.0 += number;
}

#[then(expr = "the sum is {int}")]
fn is(sum: &Sum, wanted: i64) {
    assert_eq!(sum.0, wanted);
}

harmony_bdd::test_main!("tests/libtest/features");
