use harmony_bdd::{DataTable, DocString, given};

#[given("a step")]
fn step(_table: &DataTable, _text: &DocString) {}

fn main() {
    let _ = step;
}
