use harmony_bdd::given;

#[given("{int} steps")]
fn step() {}

fn main() {}
