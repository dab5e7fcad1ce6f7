use harmony_bdd::param;

#[param(regex = "red|blue")]
enum Colour {
    Red,
    Blue,
}

fn main() {
    let _ = (Colour::Red, Colour::Blue);
}
