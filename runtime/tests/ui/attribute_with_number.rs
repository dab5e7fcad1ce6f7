use harmony_bdd::given;

#[given(42)]
fn step() {}

fn main() {
    step();
}
