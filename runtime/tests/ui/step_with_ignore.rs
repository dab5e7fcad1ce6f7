use harmony_bdd::given;

#[ignore]
#[given("a step")]
fn step() {}

fn main() {}
