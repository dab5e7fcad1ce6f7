use harmony_bdd::given;

#[given(regex = r"^(?<count>\d+) of (?<thing>\w+)$")]
fn step(_thing: String, _number: u32) {}

fn main() {
    step(String::new(), 1);
}
