use harmony_bdd::{given, param};

#[param(name = "colour", regex = "red|blue")]
enum Colour {
    Red,
    Blue,
}

#[given(expr = "a {color} step")]
fn step(_colour: Colour) {}

fn main() {
    step(Colour::Red);
    step(Colour::Blue);
}
