use harmony_bdd::{Outcome, given};

#[given("a step")]
fn step(_outcome: &Outcome) {}

fn main() {}
