use harmony_bdd::before_scenario;

#[before_scenario(tags(slow and))]
fn hook() {}

fn main() {
    hook();
}
