//! How steps say what they expected and what they found.

use std::fmt::{Debug, Display};
use std::time::Duration;

use crate::settings::SuiteSettings;
use crate::state::{ReceivedFrame, pattern};

/// What a step returns: nothing, or what is wrong in words.
pub(super) type StepResult = Result<(), String>;

/// How long a step waits for a frame or for space that ought to be there.
pub(super) fn expected_within() -> Duration {
    SuiteSettings::current().buffer_timeout()
}

/// How long a step waits to see that there is nothing to come.
pub(super) const REFUSED_AFTER: Duration = Duration::from_millis(100);

/// The length of a frame whose size the step does not say, in bytes.
pub(super) const USUAL_SIZE: usize = 1024;

/// That `found` is what was expected.
pub(super) fn expect<T: PartialEq + Debug>(what: &str, found: T, expected: T) -> StepResult {
    if found == expected {
        Ok(())
    } else {
        Err(format!("{what}: expected {expected:?}, found {found:?}"))
    }
}

/// That `found` are the bytes expected; says where they differ first.
pub(super) fn expect_bytes(what: &str, found: &[u8], expected: &[u8]) -> StepResult {
    expect(&format!("bytes of {what}"), found.len(), expected.len())?;
    match found.iter().zip(expected).position(|(found, expected)| found != expected) {
        None => Ok(()),
        Some(at) => expect(&format!("byte {at} of {what}"), found[at], expected[at]),
    }
}

/// That `condition` holds; `otherwise` says what is wrong if not.
pub(super) fn ensure(condition: bool, otherwise: impl FnOnce() -> String) -> StepResult {
    if condition { Ok(()) } else { Err(otherwise()) }
}

/// That the frames are numbered one after the other from `first`.
pub(super) fn expect_sequential(received: &[ReceivedFrame], first: u64) -> StepResult {
    ensure(!received.is_empty(), || "no frame was read".to_owned())?;
    for (frame, expected) in received.iter().zip(first..) {
        expect("sequence", frame.sequence, expected)?;
    }
    Ok(())
}

/// That the bytes of a held frame follow the pattern that goes with its number.
pub(super) fn expect_pattern((frame, bytes): (ReceivedFrame, &[u8])) -> StepResult {
    pattern::check_frame(bytes, frame.sequence)
        .map_err(|e| format!("frame {}: {e}", frame.sequence))
}

/// An error in words.
pub(super) fn text(error: impl Display) -> String {
    error.to_string()
}
