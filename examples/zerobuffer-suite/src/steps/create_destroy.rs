//! 11.1 and 11.5: buffers that come and go.

use harmony_bdd::when;

use super::expectation::StepResult;
use crate::state::Readers;

#[when(expr = "the {string} process destroys buffer")]
fn destroy(readers: &mut Readers, _process: String) -> StepResult {
    readers.close_current()
}
