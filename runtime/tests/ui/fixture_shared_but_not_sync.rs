use std::cell::Cell;

use harmony_bdd::fixture;

struct State(Cell<u32>);

#[fixture(scope = suite)]
fn state() -> State {
    State(Cell::new(0))
}

fn main() {
    state().0.set(1);
}
