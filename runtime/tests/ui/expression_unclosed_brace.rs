use harmony_bdd::given;

#[given(expr = "a {int step")]
fn step(_number: u32) {}

fn main() {
    step(1);
}
