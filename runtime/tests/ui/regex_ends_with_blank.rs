use harmony_bdd::given;

#[given(regex = r"^(\d+) steps $")]
fn step(_count: u32) {}

fn main() {}
