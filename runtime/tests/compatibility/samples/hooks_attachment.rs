//! Definitions for the sample `hooks-attachment`.

use std::io;

use harmony_bdd::{StepContext, after_scenario, before_scenario, when};

#[before_scenario]
fn begin(context: &StepContext) -> io::Result<()> {
    attach(context)
}

#[when("a step passes")]
fn passes() {}

#[after_scenario]
fn end(context: &StepContext) -> io::Result<()> {
    attach(context)
}

fn attach(context: &StepContext) -> io::Result<()> {
    context.attach_bytes("", "image/svg+xml", std::fs::read("cucumber.svg")?);
    Ok(())
}
