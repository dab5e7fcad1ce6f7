use harmony_bdd::StepArg;

#[derive(StepArg)]
enum Colour {
    #[text]
    Red,
}

fn main() {}
