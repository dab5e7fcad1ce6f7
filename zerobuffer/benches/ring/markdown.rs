//! The medians as the table of the README.

use crate::results::Results;
use crate::samples::LENGTHS;

/// Row, test, carrier.
const ROWS: [(&str, &str, &str); 14] = [
    ("one copy", "copy", "zerobuffer"),
    ("one copy, bare ring", "copy", "bare ring"),
    ("one copy, pipe", "copy", "pipe"),
    ("one copy, iceoryx2 (polled)", "copy", "iceoryx2"),
    ("one copy, Python library", "copy", "python"),
    ("frame filled and read in place", "loan", "zerobuffer"),
    ("the same, bare ring", "loan", "bare ring"),
    ("the same, iceoryx2 (polled)", "loan", "iceoryx2"),
    ("round trip, p50", "trip", "zerobuffer"),
    ("round trip, p50, bare ring", "trip", "bare ring"),
    ("round trip, p50, without spinning", "trip", "zerobuffer asleep"),
    ("round trip, p50, pipe", "trip", "pipe"),
    ("round trip, p50, iceoryx2 (polled)", "trip", "iceoryx2"),
    ("round trip, p50, Python library", "trip", "python"),
];

/// Returns the table of one state of the CPUs, without rows that were not measured.
pub(crate) fn table(results: &Results, state: &str) -> String {
    let lengths = LENGTHS.map(size).join(" | ");
    let mut lines = vec![format!("| {state} | {lengths} |"), format!("|{}", "---|".repeat(6))];
    for (name, test, transport) in ROWS {
        let median = |len| results.median_of(test, transport, len).map_or(String::new(), time);
        let cells = LENGTHS.map(median);
        if cells.iter().any(|cell| !cell.is_empty()) {
            lines.push(format!("| {name} | {} |", cells.join(" | ")));
        }
    }
    lines.join("\n")
}

fn size(bytes: usize) -> String {
    match bytes {
        ..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{} KiB", bytes >> 10),
        _ => format!("{} MiB", bytes >> 20),
    }
}

/// Nanoseconds with two or three digits and a unit.
fn time(nanos: f64) -> String {
    let (value, unit) = match nanos {
        ..999.5 => (nanos, "ns"),
        999.5..999_500.0 => (nanos / 1e3, "µs"),
        _ => (nanos / 1e6, "ms"),
    };
    if value < 9.95 && unit != "ns" {
        format!("{value:.1} {unit}")
    } else {
        format!("{value:.0} {unit}")
    }
}
