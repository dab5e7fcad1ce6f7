//! Durations as reports show them and as users write them.

use std::time::Duration;

/// Longest duration that a user can write: a day.
const MAX_SECONDS: f64 = 86_400.0;

/// The units of a duration and their lengths in seconds; `s` comes after the unit that ends with it.
const UNITS: [(&str, f64); 5] =
    [("ms", 0.001), ("s", 1.0), ("min", 60.0), ("m", 60.0), ("h", 3600.0)];

/// Parses a duration such as `500ms`, `1s`, `5m` or `90`, which is in seconds; at most a day.
pub(crate) fn parse_duration(text: &str) -> Option<Duration> {
    let unit = UNITS.iter().find_map(|(unit, length)| Some((text.strip_suffix(unit)?, length)));
    let (number, length) = unit.unwrap_or((text, &1.0));
    let seconds = number.parse::<f64>().ok()? * length;
    let is_in_range = (0.0..=MAX_SECONDS).contains(&seconds);
    is_in_range.then(|| Duration::try_from_secs_f64(seconds).ok())?
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_units() {
        let millis = |text| parse_duration(text).map(|duration| duration.as_millis());
        for (text, expected) in
            [("500ms", 500), ("1.5s", 1500), ("90", 90_000), ("2m", 120_000), ("1min", 60_000)]
        {
            assert_eq!(millis(text), Some(expected), "{text}");
        }
        assert_eq!(millis("24h"), Some(86_400_000));
        for wrong in ["", "s", "1d", "25h", "-1s", "1 s s", "NaN"] {
            assert_eq!(millis(wrong), None, "{wrong}");
        }
    }
}
