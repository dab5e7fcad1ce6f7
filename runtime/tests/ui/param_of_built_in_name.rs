use harmony_bdd::param;

#[param(name = "int", regex = "red|blue")]
enum Colour {
    Red,
    Blue,
}

fn main() {
    let _ = (Colour::Red, Colour::Blue);
}
