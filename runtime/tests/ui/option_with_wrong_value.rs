use harmony_bdd::given;

#[given("a step", timeout_ms = "500")]
fn step() {}

fn main() {
    step();
}
