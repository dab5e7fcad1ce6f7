use harmony_bdd::{given, param};

pub struct Number;

#[param(name = "number", regex = r"^\d+$")]
fn number(_text: &str) -> Number {
    Number
}

#[given(expr = "{number} steps")]
fn step(_count: Number) {}

fn main() {}
