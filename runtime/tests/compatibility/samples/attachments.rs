//! Definitions for the sample `attachments`.

use harmony_bdd::model::LogLevel;
use harmony_bdd::{DocString, StepContext, when};

#[when(expr = "the string {string} is attached as {string}")]
fn string(context: &StepContext, text: String, media_type: String) {
    context.attach_text_as("", media_type, text);
}

#[when(expr = "the string {string} is logged")]
fn logged(context: &StepContext, text: String) {
    context.log(LogLevel::Info, text);
}

#[when("text with ANSI escapes is logged")]
fn colored(context: &StepContext) {
    let colors = [(31, "r"), (91, "a"), (33, "i"), (32, "n"), (34, "b"), (95, "o"), (35, "w")];
    let letters = colors.map(|(color, letter)| format!("\x1b[{color}m{letter}\x1b[0m"));
    context.log(LogLevel::Info, format!("This displays a {}", letters.concat()));
}

#[when(expr = "the following string is attached as {string}:")]
fn doc_string(context: &StepContext, media_type: String, text: &DocString) {
    context.attach_text_as("", media_type, text.content.as_str());
}

#[when(expr = "an array with {int} bytes is attached as {string}")]
fn bytes(context: &StepContext, count: u8, media_type: String) {
    context.attach_bytes("", media_type, (0..count).collect::<Vec<_>>());
}

#[when("a PDF document is attached and renamed")]
fn pdf(context: &StepContext) -> std::io::Result<()> {
    context.attach_bytes("renamed.pdf", "application/pdf", std::fs::read("document.pdf")?);
    Ok(())
}

#[when(expr = "a link to {string} is attached")]
fn link(context: &StepContext, address: String) {
    context.attach_text_as("", "text/uri-list", address);
}

#[when(expr = "the string {string} is attached as {string} before a failure")]
fn before_a_failure(context: &StepContext, text: String, media_type: String) {
    context.attach_text_as("", media_type, text);
    panic!("whoops");
}
