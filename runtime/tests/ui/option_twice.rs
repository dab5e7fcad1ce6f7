use harmony_bdd::given;

#[given("a step", timeout_ms = 500, timeout_ms = 600)]
fn step() {}

fn main() {
    step();
}
