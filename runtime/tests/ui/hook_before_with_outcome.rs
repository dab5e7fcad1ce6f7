use harmony_bdd::{Outcome, before_scenario};

#[before_scenario]
fn hook(_outcome: &Outcome) {}

fn main() {}
