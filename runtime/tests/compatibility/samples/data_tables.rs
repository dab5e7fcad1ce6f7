//! Definitions for the sample `data-tables`.

use harmony_bdd::{DataTable, then, when};

#[derive(Default)]
struct Transposed(Vec<Vec<String>>);

#[when("the following table is transposed:")]
fn transpose(transposed: &mut Transposed, table: &DataTable) {
    let width = table.rows.first().map_or(0, Vec::len);
    let column = |index: usize| table.rows.iter().map(|row| row[index].clone()).collect();
    transposed.0 = (0..width).map(column).collect();
}

#[then("it should be:")]
fn compare(transposed: &Transposed, expected: &DataTable) {
    assert_eq!(transposed.0, expected.rows);
}
