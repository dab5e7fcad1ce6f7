//! Assertions of steps.

use std::fmt::{Debug, Display};
use std::time::Duration;

use crate::settings::SuiteSettings;
use crate::state::{ReceivedFrame, pattern};

/// Result of a step: nothing, or a description of the failure.
pub(super) type StepResult = Result<(), String>;

/// Returns the time a step waits for an expected frame or for expected space.
pub(super) fn expected_within() -> Duration {
    SuiteSettings::current().buffer_timeout()
}

/// Time a step waits to check that nothing happens.
pub(super) const REFUSED_AFTER: Duration = Duration::from_millis(100);

/// Default length of a frame in bytes.
pub(super) const USUAL_SIZE: usize = 1024;

/// Checks that `found` equals `expected`.
pub(super) fn expect<T: PartialEq + Debug>(what: &str, found: T, expected: T) -> StepResult {
    if found == expected {
        Ok(())
    } else {
        Err(format!("{what}: expected {expected:?}, found {found:?}"))
    }
}

/// Checks that `found` are the expected bytes; reports the first difference.
pub(super) fn expect_bytes(what: &str, found: &[u8], expected: &[u8]) -> StepResult {
    expect(&format!("bytes of {what}"), found.len(), expected.len())?;
    match found.iter().zip(expected).position(|(found, expected)| found != expected) {
        None => Ok(()),
        Some(at) => expect(&format!("byte {at} of {what}"), found[at], expected[at]),
    }
}

/// Checks `condition`; `otherwise` describes the failure.
pub(super) fn ensure(condition: bool, otherwise: impl FnOnce() -> String) -> StepResult {
    if condition { Ok(()) } else { Err(otherwise()) }
}

/// Checks that the frames are numbered consecutively from `first`.
pub(super) fn expect_sequential(received: &[ReceivedFrame], first: u64) -> StepResult {
    ensure(!received.is_empty(), || "no frame was read".to_owned())?;
    for (frame, expected) in received.iter().zip(first..) {
        expect("sequence", frame.sequence, expected)?;
    }
    Ok(())
}

/// Checks that a held frame has the pattern of its number.
pub(super) fn expect_pattern((frame, bytes): (ReceivedFrame, &[u8])) -> StepResult {
    pattern::check_frame(bytes, frame.sequence)
        .map_err(|e| format!("frame {}: {e}", frame.sequence))
}

/// Converts an error to text.
pub(super) fn text(error: impl Display) -> String {
    error.to_string()
}
