use harmony_bdd::given;

#[given(regex = r"^a step( of \w+)?$")]
fn step(_what: &str) {}

fn main() {
    step("");
}
