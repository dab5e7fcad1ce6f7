use harmony_bdd::{DataTable, given};

#[given("a step")]
fn step(_table: DataTable) {}

fn main() {}
