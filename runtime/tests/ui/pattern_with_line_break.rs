use harmony_bdd::given;

#[given("a step\non two lines")]
fn step() {}

fn main() {}
