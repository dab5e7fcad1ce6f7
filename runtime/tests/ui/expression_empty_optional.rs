use harmony_bdd::given;

#[given(expr = "a () step")]
fn step() {}

fn main() {
    step();
}
