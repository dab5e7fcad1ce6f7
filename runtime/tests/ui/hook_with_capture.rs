use harmony_bdd::before_scenario;

#[before_scenario]
fn hook(_name: String) {}

fn main() {
    hook(String::new());
}
