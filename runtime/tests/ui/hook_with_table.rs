use harmony_bdd::{DataTable, before_scenario};

#[before_scenario]
fn hook(_table: &DataTable) {}

fn main() {}
