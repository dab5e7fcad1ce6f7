use harmony_bdd::given;

#[given(concat!("a", " step"))]
fn step() {}

fn main() {}
