use harmony_bdd::given;

#[given(expr = "{Int} steps")]
fn step(_count: u32) {}

fn main() {
    step(0);
}
