//! Waiting for something to become true.

use std::thread;
use std::time::{Duration, Instant};

const LOOK_AGAIN: Duration = Duration::from_millis(2);

/// Comes back as soon as `condition` holds.
///
/// # Errors
/// When it does not within `limit`, or cannot be looked at.
pub fn wait_until(
    what: &str,
    limit: Duration,
    mut condition: impl FnMut() -> Result<bool, String>,
) -> Result<(), String> {
    let give_up = Instant::now() + limit;
    while !condition()? {
        if Instant::now() >= give_up {
            return Err(format!("it did not become true within {limit:?} that {what}"));
        }
        thread::sleep(LOOK_AGAIN);
    }
    Ok(())
}
