use harmony_bdd::given;

const TEXT: &str = "a step";

#[given(TEXT)]
fn step() {}

fn main() {}
