use harmony_bdd::before_scenario;

#[before_scenario(tags(!a))]
fn hook() {}

fn main() {}
