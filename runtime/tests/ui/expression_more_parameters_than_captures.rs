use harmony_bdd::given;

#[given(expr = "a step of {int}")]
fn step(_number: u32, _more: String) {}

fn main() {
    step(1, String::new());
}
