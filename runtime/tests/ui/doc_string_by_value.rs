use harmony_bdd::{DocString, given};

#[given("a step")]
fn step(_text: DocString) {}

fn main() {}
