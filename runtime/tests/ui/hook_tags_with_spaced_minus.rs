use harmony_bdd::before_scenario;

#[before_scenario(tags(a - b))]
fn hook() {}

fn main() {}
