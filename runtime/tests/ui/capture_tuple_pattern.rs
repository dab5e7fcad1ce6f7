use harmony_bdd::given;

#[given("a step")]
fn step((_a, _b): (u32, u32)) {}

fn main() {}
