use harmony_bdd::{given, param};

#[param(name = "colour")]
enum Colour {}

#[given(expr = "{colour} steps")]
fn step(_colour: Colour) {}

fn main() {}
