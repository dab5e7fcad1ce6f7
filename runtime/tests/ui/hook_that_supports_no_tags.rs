use harmony_bdd::before_all;

#[before_all(tags(slow))]
fn hook() {}

fn main() {
    hook();
}
