//! Definitions for the sample `examples-tables`.

use harmony_bdd::{given, then, when};

#[derive(Default)]
struct Meal {
    cucumbers: i64,
    friends: i64,
}

#[given(expr = "there are {int} cucumbers")]
fn cucumbers(meal: &mut Meal, count: i64) {
    meal.cucumbers = count;
}

#[given(expr = "there are {int} friends")]
fn friends(meal: &mut Meal, count: i64) {
    meal.friends = count;
}

#[when(expr = "I eat {int} cucumbers")]
fn eat(meal: &mut Meal, count: i64) {
    meal.cucumbers -= count;
}

#[then(expr = "I should have {int} cucumbers")]
fn left(meal: &Meal, count: i64) {
    assert_eq!(meal.cucumbers, count);
}

#[then(expr = "each person can eat {int} cucumbers")]
fn share(meal: &Meal, count: i64) {
    assert_eq!(meal.cucumbers / (meal.friends + 1), count);
}
