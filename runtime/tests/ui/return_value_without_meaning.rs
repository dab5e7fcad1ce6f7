use harmony_bdd::given;

#[given("a step")]
fn step() -> u32 {
    1
}

fn main() {
    step();
}
