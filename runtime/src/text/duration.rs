//! Durations as reports show them.

use std::time::Duration;

/// Formats a duration with the unit that leaves one to three digits before the point.
pub(crate) fn format_duration(duration: Duration) -> String {
    let micros = duration.as_secs_f64() * 1e6;
    if micros < 1e3 {
        format!("{micros:.0} µs")
    } else if micros < 1e6 {
        format!("{:.1} ms", micros / 1e3)
    } else if micros < 60e6 {
        format!("{:.2} s", micros / 1e6)
    } else {
        format!("{} min {:02} s", duration.as_secs() / 60, duration.as_secs() % 60)
    }
}
