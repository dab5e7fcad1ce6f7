use std::cell::RefCell;

use harmony_bdd::fixture;

struct State(RefCell<u32>);

#[fixture(scope = suite)]
fn state() -> State {
    State(RefCell::new(0))
}

fn main() {
    state().0.replace(1);
}
