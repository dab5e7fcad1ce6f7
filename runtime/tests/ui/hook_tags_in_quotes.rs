use harmony_bdd::before_scenario;

#[before_scenario(tags("@a and not @b"))]
fn hook() {}

fn main() {}
