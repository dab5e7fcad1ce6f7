use harmony_bdd::{StepContext, given};

#[given("a step")]
fn step(_context: StepContext) {}

fn main() {}
