use harmony_bdd::fixture;

struct State;

#[fixture(scope = world)]
fn state() -> State {
    State
}

fn main() {
    let _ = state();
}
