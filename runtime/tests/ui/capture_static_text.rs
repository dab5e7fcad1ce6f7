use harmony_bdd::given;

#[given(expr = "a {string}")]
fn step(_text: &'static str) {}

fn main() {}
