//! Definitions for the sample `examples-tables-attachment`.

use std::io;

use harmony_bdd::{StepContext, when};

#[when("a JPEG image is attached")]
fn jpeg(context: &StepContext) -> io::Result<()> {
    context.attach_bytes("", "image/jpeg", std::fs::read("cucumber.jpeg")?);
    Ok(())
}

#[when("a PNG image is attached")]
fn png(context: &StepContext) -> io::Result<()> {
    context.attach_bytes("", "image/png", std::fs::read("cucumber.png")?);
    Ok(())
}
