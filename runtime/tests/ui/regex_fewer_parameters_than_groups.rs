use harmony_bdd::given;

#[given(regex = r"^step (\d+) of (\d+)$")]
fn step(_number: u32) {}

fn main() {
    step(1);
}
