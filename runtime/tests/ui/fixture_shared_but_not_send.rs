use std::rc::Rc;

use harmony_bdd::fixture;

struct State(Rc<u32>);

#[fixture(scope = feature)]
async fn state() -> Result<State, String> {
    Ok(State(Rc::new(0)))
}

fn main() {
    drop(state());
    let _ = |state: State| state.0;
}
