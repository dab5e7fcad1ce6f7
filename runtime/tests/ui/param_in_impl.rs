use harmony_bdd::{given, param};

struct Colour;

impl Colour {
    #[param(name = "colour", regex = "red|blue")]
    fn read(_text: &str) -> Colour {
        Colour
    }
}

#[given(expr = "a {word}")]
fn step(_colour: String) {
    Colour::read("");
}

fn main() {
    step(String::new());
}
