use harmony_bdd::fixture;

pub struct State;

#[fixture("state")]
fn state() -> State {
    State
}

fn main() {}
