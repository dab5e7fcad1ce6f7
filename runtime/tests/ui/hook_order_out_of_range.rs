use harmony_bdd::before_scenario;

#[before_scenario(order = 3_000_000_000)]
fn hook() {}

fn main() {}
