//! 10.4: a reader that waits while its writer dies.

use std::time::Duration;

use harmony_bdd::{then, when};
use zerobuffer::Error;

use super::expectation::{StepResult, ensure, expect};
use crate::state::{Attempts, Readers};

/// Time the reader waits for data.
const WAIT: Duration = Duration::from_secs(5);

#[when(expr = "the {string} process waits on semaphore for data")]
fn wait_for_data(readers: &mut Readers, _process: String) -> StepResult {
    readers.wait_in_background(WAIT)
}

#[then(expr = "the {string} process should detect writer death after timeout '{int}' seconds")]
fn detects_writer_death(
    readers: &mut Readers,
    attempts: &mut Attempts,
    _process: String,
    seconds: u64,
) -> StepResult {
    expect("timeout of the read in seconds", WAIT.as_secs(), seconds)?;
    let result = readers.finish_waiting()?;
    let read = attempts.record("the read", result);
    ensure(read.is_none(), || format!("the read returned {read:?}"))?;
    should_throw(attempts)
}

#[then(expr = "the {string} process should throw writer dead exception")]
fn throws_writer_dead(attempts: &Attempts, _process: String) -> StepResult {
    should_throw(attempts)
}

fn should_throw(attempts: &Attempts) -> StepResult {
    match attempts.error()? {
        Error::WriterDead { .. } => Ok(()),
        error => Err(format!("the read failed for another reason: {error}")),
    }
}
