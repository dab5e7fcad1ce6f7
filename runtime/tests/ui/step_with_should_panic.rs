use harmony_bdd::given;

#[given("a step")]
#[should_panic]
fn step() {}

fn main() {}
