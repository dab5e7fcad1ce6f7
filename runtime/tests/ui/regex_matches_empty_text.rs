use harmony_bdd::given;

#[given("^$")]
fn step() {}

fn main() {}
