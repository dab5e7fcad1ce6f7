//! The registration of a deprecated function does not warn: the author cannot avoid this use.

#![deny(warnings)]
#![allow(dead_code, unreachable_pub)]

use harmony_bdd::{StepArg, TableRow, before_scenario, fixture, given, param};

#[deprecated = "use the other step"]
#[given("a step")]
fn step() -> Result<(), String> {
    Ok(())
}

#[before_scenario]
#[deprecated]
fn hook() {}

pub struct Made;

#[deprecated]
#[fixture]
fn made() -> Made {
    Made
}

#[deprecated]
#[param(name = "made", regex = "made")]
fn parameter(_text: &str) -> Made {
    Made
}

#[derive(StepArg)]
pub enum Answer {
    Yes,
    #[deprecated]
    No,
}

#[derive(TableRow)]
#[deprecated]
pub struct Row {
    #[deprecated]
    pub number: u32,
}

#[deprecated]
#[derive(Default)]
pub struct World;

#[given("old state")]
#[allow(deprecated)]
fn old_state(_world: &World) {}
