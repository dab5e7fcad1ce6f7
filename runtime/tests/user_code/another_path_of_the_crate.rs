//! A crate that re-exports `harmony_bdd` names its path.

mod facade {
    pub use harmony_bdd as bdd;
}

use facade::bdd;

#[derive(Default)]
pub struct World;

#[bdd::given("a step", crate = facade::bdd)]
fn step(_world: &mut World) {}

#[bdd::given(expr = "{int} steps", crate = self::facade::bdd)]
async fn steps(_count: u32) -> Result<(), String> {
    Ok(())
}

#[bdd::before_scenario(order = 1, crate = bdd)]
fn hook() {}

pub struct Made;

#[bdd::fixture(scope = suite, crate = facade::bdd)]
fn made() -> Made {
    Made
}

#[bdd::param(name = "colour", crate = facade::bdd)]
pub enum Colour {
    Red,
    #[cfg(any())]
    Blue,
}

#[bdd::param(name = "made", regex = "made", crate = facade::bdd)]
fn parameter(_text: &str) -> Made {
    Made
}

#[derive(bdd::TableRow)]
#[table_row(crate = facade::bdd)]
pub struct Row {
    pub number: u32,
}

#[bdd::when(expr = "{colour} and {made}", crate = facade::bdd)]
fn parameters(_colour: Colour, _made: Made, _rows: Vec<Row>) {}
