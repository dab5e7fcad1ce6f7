use harmony_bdd::before_scenario;

#[before_scenario("@a")]
fn hook() {}

fn main() {}
