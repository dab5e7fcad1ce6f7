use harmony_bdd::given;

#[given(expr = "{int} steps")]
fn step(_count: &u32) {}

fn main() {}
