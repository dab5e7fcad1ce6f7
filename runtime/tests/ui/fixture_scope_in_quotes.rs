use harmony_bdd::fixture;

pub struct State;

#[fixture(scope = "suite")]
fn state() -> State {
    State
}

fn main() {}
