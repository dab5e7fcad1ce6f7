use harmony_bdd::given;

#[given("a step")]
struct Step;

fn main() {
    let _ = Step;
}
