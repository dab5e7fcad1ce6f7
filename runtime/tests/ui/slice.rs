use harmony_bdd::given;

#[given("a step")]
fn step(_texts: &[String]) {}

fn main() {}
