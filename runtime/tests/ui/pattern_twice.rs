use harmony_bdd::{given, when};

#[given("a step")]
#[when("a step")]
fn step() {}

fn main() {}
