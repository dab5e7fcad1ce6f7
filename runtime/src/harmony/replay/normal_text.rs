//! Texts without the parts that differ between two runs of the same program.

use std::sync::LazyLock;

use regex::{Captures, Regex};

/// Parts that differ between runs, each with the text that takes its place.
static PARTS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?x)
        (?<time>\d{4}-\d\d-\d\d[T\ ]\d\d:\d\d:\d\d(?:\.\d+)?Z?
            | \b\d+(?:\.\d+)?\ ?(?:ns|µs|us|ms|s|milliseconds|seconds)\b)
        | \b(?<pid>pid\ \d+)\b
        | \b(?<address>0x[0-9a-fA-F]+)\b",
    )
    .ok()
});

/// The number that a runner gives to the shared memory of a scenario, recorded and now.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct HostNumbers {
    pub(super) recorded: Option<u64>,
    pub(super) now: u64,
}

/// Returns a text without times, process ids, addresses and the numbers of shared memory.
pub(super) fn normal(text: &str, numbers: HostNumbers) -> String {
    let mut text = match &*PARTS {
        Some(parts) => parts.replace_all(text, placeholder).into_owned(),
        None => text.to_owned(),
    };
    for number in [numbers.recorded, Some(numbers.now)].into_iter().flatten() {
        text = text.replace(&number.to_string(), "<host>");
    }
    text
}

fn placeholder(found: &Captures<'_>) -> String {
    let names = ["time", "pid", "address"];
    let name = names.iter().find(|name| found.name(name).is_some());
    name.map_or_else(String::new, |name| format!("<{name}>"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_between_runs_is_replaced() {
        let numbers = HostNumbers { recorded: Some(41_234_567), now: 51_234_567 };
        for (text, expected) in [
            ("timeout after 1200 ms", "timeout after <time>"),
            ("took 1.5s, then 20 µs", "took <time>, then <time>"),
            ("at 2024-01-02T03:04:05.678Z", "at <time>"),
            ("process (pid 12) at 0x7ffe", "process (<pid>) at <address>"),
            ("ring_41234567_1 and ring_51234567_1", "ring_<host>_1 and ring_<host>_1"),
            ("10 frames of 1904 bytes", "10 frames of 1904 bytes"),
        ] {
            assert_eq!(normal(text, numbers), expected);
        }
    }
}
