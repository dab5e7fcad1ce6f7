use harmony_bdd::given;

#[given(expr = a_step)]
fn step() {}

fn main() {
    step();
}
