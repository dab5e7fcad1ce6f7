use harmony_bdd::given;

#[given(expr = "step {int} of {string}")]
fn step(_number: u32) {}

fn main() {
    step(1);
}
