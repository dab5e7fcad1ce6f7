//! How much of a long scenario is played.

use std::time::Duration;

/// Set to `1`, long scenarios take the sizes their words ask for.
const FULL_SIZE: &str = "ZEROBUFFER_SUITE_FULL";

const SHORT_ITERATIONS: u64 = 100;
const SHORT_DURATION: Duration = Duration::from_secs(2);

/// How much of a long scenario is played: a short form by default, the full size by the environment
/// variable `ZEROBUFFER_SUITE_FULL=1`.
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
    /// How often to do what the scenario wants done `asked` times.
    pub fn iterations(&self, asked: u64) -> u64 {
        if self.full { asked } else { asked.min(SHORT_ITERATIONS) }
    }

    /// How long to do what the scenario wants done for `asked`.
    pub fn duration(&self, asked: Duration) -> Duration {
        if self.full { asked } else { asked.min(SHORT_DURATION) }
    }

    /// What to tell whoever reads the log.
    pub fn note(&self) -> String {
        if self.full {
            "full size".to_owned()
        } else {
            format!("short form; {FULL_SIZE}=1 plays the full size")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_form_bounds_what_the_words_ask_for() {
        let day = Duration::from_secs(24 * 3600);
        let (short, full) = (Scale { full: false }, Scale { full: true });
        assert_eq!((short.iterations(1000), short.iterations(7)), (SHORT_ITERATIONS, 7));
        assert_eq!(full.iterations(1000), 1000);
        assert_eq!((short.duration(day), full.duration(day)), (SHORT_DURATION, day));
        assert!(short.note().contains(FULL_SIZE));
    }
}
