use harmony_bdd::given;

#[given("it costs 5$")]
fn step() {}

fn main() {}
