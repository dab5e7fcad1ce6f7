use harmony_bdd::given;

#[given(regex = r"^a step of (\d+)$")]
fn step(_number: u32, _more: String) {}

fn main() {
    step(1, String::new());
}
