//! Size of long scenarios.

use std::time::Duration;

/// Set to `1`, long scenarios run at the sizes in their text.
const FULL_SIZE: &str = "ZEROBUFFER_SUITE_FULL";

const SHORT_ITERATIONS: u64 = 100;
const SHORT_DURATION: Duration = Duration::from_secs(2);

/// Size of long scenarios: short by default, full with the environment variable
/// `ZEROBUFFER_SUITE_FULL=1`.
#[derive(Debug)]
pub struct Scale {
    full: bool,
}

impl Default for Scale {
    fn default() -> Self {
        Self { full: std::env::var(FULL_SIZE).is_ok_and(|value| value == "1") }
    }
}

impl Scale {
    /// Returns the number of iterations to run for `asked` iterations.
    pub fn iterations(&self, asked: u64) -> u64 {
        if self.full { asked } else { asked.min(SHORT_ITERATIONS) }
    }

    /// Returns the duration to run for a duration of `asked`.
    pub fn duration(&self, asked: Duration) -> Duration {
        if self.full { asked } else { asked.min(SHORT_DURATION) }
    }

    /// Returns a description for the log.
    pub fn note(&self) -> String {
        if self.full {
            "full size".to_owned()
        } else {
            format!("short form; set {FULL_SIZE}=1 for the full size")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_form_limits_the_sizes_of_the_text() {
        let day = Duration::from_secs(24 * 3600);
        let (short, full) = (Scale { full: false }, Scale { full: true });
        assert_eq!((short.iterations(1000), short.iterations(7)), (SHORT_ITERATIONS, 7));
        assert_eq!(full.iterations(1000), 1000);
        assert_eq!((short.duration(day), full.duration(day)), (SHORT_DURATION, day));
        assert!(short.note().contains(FULL_SIZE));
    }
}
