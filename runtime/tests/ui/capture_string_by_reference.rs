use harmony_bdd::given;

#[given(expr = "a {string}")]
fn step(_text: &String) {}

fn main() {}
