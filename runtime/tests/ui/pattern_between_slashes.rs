use harmony_bdd::given;

#[given("/^a step$/")]
fn step() {}

fn main() {}
