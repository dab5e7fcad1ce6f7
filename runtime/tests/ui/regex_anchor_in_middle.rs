use harmony_bdd::given;

#[given(regex = r"a (^\d+$) step")]
fn step(_count: u32) {}

fn main() {}
