use harmony_bdd::{given, then};

#[given(expr = "a step")]
#[then("a step")]
fn step() {}

fn main() {}
