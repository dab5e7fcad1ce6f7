use harmony_bdd::{given, when};

#[given(expr = "a step of {int}")]
#[when(expr = "step {int}")]
fn step<T>(_number: T) {}

fn main() {
    step(1);
}
