use std::process::Child;

use harmony_bdd::fixture;

#[fixture]
fn child() -> Child {
    unreachable!()
}

fn main() {
    child();
}
