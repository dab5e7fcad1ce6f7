use harmony_bdd::fixture;

#[fixture]
fn state() {}

fn main() {
    state();
}
