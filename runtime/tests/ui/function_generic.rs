use harmony_bdd::given;

#[given(expr = "a step of {int}")]
fn step<T>(_number: T) {}

fn main() {
    step(1);
}
