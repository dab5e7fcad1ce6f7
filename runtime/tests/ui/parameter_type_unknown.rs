use harmony_bdd::given;

#[given(expr = "a {colour} step")]
fn step(_colour: String) {}

fn main() {
    step(String::new());
}
