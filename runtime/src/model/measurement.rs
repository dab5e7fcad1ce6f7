//! The duration of a part of a step, as a log record.
//!
//! A measurement is a sentence in the log of a step, so that it passes through the protocol to another
//! process, and serves of every language can write it.

use std::fmt;
use std::time::Duration;

const PREFIX: &str = "measured \"";
const SEPARATOR: &str = "\": ";
const UNIT: &str = " ms";

/// The duration of a part of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measurement {
    /// The name of the part.
    pub operation: String,
    /// The duration, in a log record rounded to microseconds.
    pub duration: Duration,
    /// The duration from which it is a warning, if it was exceeded.
    pub exceeded: Option<Duration>,
}

impl Measurement {
    /// Reads the sentence that [`Display`](fmt::Display) writes; the limit that was exceeded is not read.
    pub fn from_log_message(message: &str) -> Option<Self> {
        let (operation, rest) = message.strip_prefix(PREFIX)?.rsplit_once(SEPARATOR)?;
        let (milliseconds, _) = rest.split_once(UNIT)?;
        let seconds = milliseconds.parse::<f64>().ok()? / 1e3;
        let duration = Duration::try_from_secs_f64(seconds).ok()?;
        Some(Self { operation: operation.to_owned(), duration, exceeded: None })
    }
}

impl fmt::Display for Measurement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let milliseconds = self.duration.as_secs_f64() * 1e3;
        write!(f, "{PREFIX}{}{SEPARATOR}{milliseconds:.3}{UNIT}", self.operation)?;
        match self.exceeded {
            Some(limit) => write!(f, ", more than {:.3}{UNIT}", limit.as_secs_f64() * 1e3),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentence_is_read_back() {
        let duration = Duration::from_micros(12_345);
        for exceeded in [None, Some(Duration::from_millis(5))] {
            let written =
                Measurement { operation: "open \"a\": ring".to_owned(), duration, exceeded };
            let read = Measurement::from_log_message(&written.to_string()).unwrap();
            assert_eq!(read, Measurement { exceeded: None, ..written });
        }
        assert_eq!(Measurement::from_log_message("measured \"x\": no time"), None);
        assert_eq!(Measurement::from_log_message("12 ms"), None);
    }
}
