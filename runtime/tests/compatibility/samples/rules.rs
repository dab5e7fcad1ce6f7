//! Definitions for the sample `rules`.

use harmony_bdd::{given, then, when};

#[derive(Default)]
struct Shop {
    money: u32,
    stock: u32,
    sold: bool,
}

#[given(expr = "the customer has {int} cents")]
fn money(shop: &mut Shop, cents: u32) {
    shop.money = cents;
}

#[given("there are chocolate bars in stock")]
fn stock(shop: &mut Shop) {
    shop.stock = 1;
}

#[given("there are no chocolate bars in stock")]
fn no_stock(shop: &mut Shop) {
    shop.stock = 0;
}

#[when(expr = "the customer tries to buy a {int} cent chocolate bar")]
fn buy(shop: &mut Shop, price: u32) {
    if shop.money >= price && shop.stock > 0 {
        shop.stock -= 1;
        shop.sold = true;
    }
}

#[then("the sale should not happen")]
fn not_sold(shop: &Shop) {
    assert!(!shop.sold);
}

#[then("the sale should happen")]
fn sold(shop: &Shop) {
    assert!(shop.sold);
}
