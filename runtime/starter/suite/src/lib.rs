//! The steps of the scenarios in `features/`.

use harmony_bdd::{given, then, when};

/// What the scenarios describe; in your own project, a type of another crate.
///
/// Each scenario has its own, made by `Default` when a step first takes it.
#[derive(Default)]
struct Basket {
    items: Vec<String>,
}

#[given("an empty basket")]
fn empty_basket(basket: &Basket) {
    assert!(basket.items.is_empty());
}

#[when(expr = "I put in {int} {word}")]
fn put_in(basket: &mut Basket, count: usize, item: String) {
    basket.items.extend(std::iter::repeat_n(item, count));
}

// A step can fail with an error instead of a panic.
#[when(expr = "I take out {int} {word}")]
fn take_out(basket: &mut Basket, count: usize, item: &str) -> Result<(), String> {
    for _ in 0..count {
        let found = basket.items.iter().position(|other| other == item);
        basket.items.remove(found.ok_or_else(|| format!("there are no more {item}"))?);
    }
    Ok(())
}

#[then(expr = "there is/are {int} item(s)")]
fn item_count(basket: &Basket, count: usize) {
    assert_eq!(basket.items.len(), count);
}
