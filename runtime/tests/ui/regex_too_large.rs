use harmony_bdd::given;

#[given(regex = r"(?:\w{100}){100}")]
fn step() {}

fn main() {}
