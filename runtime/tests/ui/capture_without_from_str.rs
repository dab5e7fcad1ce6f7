use harmony_bdd::given;

struct Nope;

#[given(expr = "a step of {word}")]
fn step(_nope: Nope) {}

fn main() {
    step(Nope);
}
