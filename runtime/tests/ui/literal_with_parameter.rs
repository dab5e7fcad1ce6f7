use harmony_bdd::given;

#[given("a literal step")]
fn step(_number: u32) {}

fn main() {
    step(1);
}
