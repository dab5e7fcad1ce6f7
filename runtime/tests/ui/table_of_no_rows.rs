use harmony_bdd::given;

struct Row;

#[given("a step")]
fn step(_rows: Vec<Row>) {}

fn main() {
    step(vec![Row]);
}
