use harmony_bdd::StepArg;

#[derive(StepArg)]
enum Colour {
    Red,
    #[text("red")]
    Crimson,
}

fn main() {
    let _ = (Colour::Red, Colour::Crimson);
}
