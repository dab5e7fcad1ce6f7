use harmony_bdd::given;

#[given(regex = r"^a (\d+ step$")]
fn step(_number: u32) {}

fn main() {
    step(1);
}
