use harmony_bdd::given;

#[given(expr = "a cat/ or dog")]
fn step() {}

fn main() {
    step();
}
