use harmony_bdd::given;

#[given(expr = "a step of {word}")]
fn step(_text: impl Into<String>) {}

fn main() {
    step("");
}
