use harmony_bdd::given;

#[given("a step", "another step")]
fn step() {}

fn main() {
    step();
}
