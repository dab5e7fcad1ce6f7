use harmony_bdd::given;

#[given(regex = r"a [^\s\S] step")]
fn step() {}

fn main() {}
