//! Definitions for the sample `global-hooks-attachments`.

use harmony_bdd::{StepContext, after_all, before_all, when};

#[before_all]
fn begin(context: &StepContext) {
    context.attach_text_as("", "text/plain", "Attachment from BeforeAll hook");
}

#[when("a step passes")]
fn passes() {}

#[after_all]
fn end(context: &StepContext) {
    context.attach_text_as("", "text/plain", "Attachment from AfterAll hook");
}
