//! `{hex}` makes the `Vec` that a table would make elsewhere.

use harmony_bdd::{TableRow, given, param};

#[param(name = "hex", regex = "[0-9a-f]+")]
fn hex(_text: &str) -> Result<Vec<u8>, String> {
    Ok(Vec::new())
}

#[param(name = "perhaps", regex = r"\d*")]
fn perhaps(text: &str) -> Option<u32> {
    text.parse().ok()
}

#[param(name = "colour")]
pub enum Colour {
    Red,
}

#[derive(TableRow)]
pub struct Row {
    pub number: u32,
}

#[given(expr = "bytes {hex}")]
fn bytes(_bytes: Vec<u8>) {}

#[given(expr = "perhaps {perhaps}")]
fn number(_number: Option<u32>) {}

#[given(expr = "an option of {colour}")]
fn colour(_colour: Option<Colour>) {}

#[given(expr = "bytes {hex} and a table of {int}")]
fn bytes_and_table(_bytes: Vec<u8>, _count: u32, _rows: Vec<Row>) {}

#[given(expr = "a table before bytes {hex}")]
fn table_and_bytes(#[table] _rows: Vec<Row>, _bytes: Vec<u8>) {}
