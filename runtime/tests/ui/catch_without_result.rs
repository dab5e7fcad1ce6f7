use harmony_bdd::given;

#[given("a step", catch(std::fmt::Error))]
fn step() {}

fn main() {
    step();
}
