use harmony_bdd::{StepContext, given};

#[given("a step")]
fn step(_context: Option<&StepContext>) {}

fn main() {}
