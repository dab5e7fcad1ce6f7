use harmony_bdd::{given, then, when};

#[given("a step")]
#[when(regex = "^a step$")]
fn literal_and_regex() {}

#[given(expr = "a step/trap")]
#[then("a step")]
fn alternatives_are_another_pattern() {}

fn main() {}
