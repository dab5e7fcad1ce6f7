//! Waits for conditions.

use std::thread;
use std::time::{Duration, Instant};

const POLL_INTERVAL: Duration = Duration::from_millis(2);

/// Waits until `condition` is true.
///
/// # Errors
/// Returns an error if it is not true within `limit`, or cannot be evaluated.
pub fn wait_until(
    what: &str,
    limit: Duration,
    mut condition: impl FnMut() -> Result<bool, String>,
) -> Result<(), String> {
    let give_up = Instant::now() + limit;
    while !condition()? {
        if Instant::now() >= give_up {
            return Err(format!("timed out after {limit:?}: {what}"));
        }
        thread::sleep(POLL_INTERVAL);
    }
    Ok(())
}
