use harmony_bdd::given;

#[given("a step", timeout = 500)]
fn step() {}

fn main() {
    step();
}
