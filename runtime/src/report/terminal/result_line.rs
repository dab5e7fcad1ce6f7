//! The line of a finished scenario.

use std::time::Duration;

use super::style::Style;
use crate::report::{ScenarioRecord, ScenarioStatus};
use crate::text::{cut_end, cut_middle, display_width};

/// The columns before the name: time, mark and gaps.
const NAME_COLUMN: usize = 14;
/// The least width of a name beside a note.
const MIN_NAME_COLUMNS: usize = 16;

/// Returns the time, the mark and the name, cut to `columns` if there are any, without a line break.
pub(super) fn result_line(record: &ScenarioRecord, style: Style, columns: Option<usize>) -> String {
    let mark = mark(record.status(), style);
    let time = style.dim(format_seconds(record.duration()));
    let name = record.scenario.one_line_name();
    let suffix = record.scenario.example_suffix();
    let note = note(record).unwrap_or_default();
    let (name, suffix, note) = match columns {
        Some(columns) => fit(&name, &suffix, &note, columns.saturating_sub(NAME_COLUMN)),
        None => (name.into_owned(), suffix, note),
    };
    let note = match record.status() {
        _ if note.is_empty() => String::new(),
        ScenarioStatus::Failed => format!("  {}", style.failure(note)),
        _ => format!("  {}", style.warning(note)),
    };
    format!("{time} {mark} {name}{}{note}", style.dim(suffix))
}

/// Returns a duration in seconds, as wide as all others below a day.
pub(super) fn format_seconds(duration: Duration) -> String {
    format!("{:>9.3} s", duration.as_secs_f64())
}

/// Returns the mark of a status.
pub(super) fn mark(status: ScenarioStatus, style: Style) -> String {
    match status {
        ScenarioStatus::Passed => style.success("✓"),
        ScenarioStatus::Flaky => style.warning("~"),
        ScenarioStatus::Skipped => style.warning("-"),
        ScenarioStatus::Interrupted => style.warning("!"),
        ScenarioStatus::Failed => style.failure("✗"),
    }
}

fn note(record: &ScenarioRecord) -> Option<String> {
    let attempts = record.attempts.len();
    match (record.status(), record.deciding_step()) {
        (ScenarioStatus::Flaky, _) => Some(format!("flaky: passed on attempt {attempts}")),
        (ScenarioStatus::Failed, _) if attempts > 1 => Some(format!("failed {attempts} times")),
        (ScenarioStatus::Interrupted, _) => Some("interrupted".to_owned()),
        (ScenarioStatus::Skipped, None) => Some("no steps".to_owned()),
        (_, Some((_, result))) => result.outcome.skip_reason().map(|reason| {
            let reason = reason.lines().next().unwrap_or_default();
            format!("{}: {reason}", result.outcome.as_str())
        }),
        _ => None,
    }
}

/// Cuts the parts to `room` columns: first the note, then the name; the suffix, which distinguishes examples
/// of one outline, stays.
fn fit(name: &str, suffix: &str, note: &str, room: usize) -> (String, String, String) {
    let room = room.saturating_sub(display_width(suffix));
    let needed = if note.is_empty() { 0 } else { display_width(note) + 2 };
    let name_room = room.saturating_sub(needed).max(MIN_NAME_COLUMNS.min(room));
    let name = cut_middle(name, name_room);
    let note_room = room.saturating_sub(display_width(&name) + 2);
    (name.into_owned(), suffix.to_owned(), cut_end(note, note_room).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_survives_beside_a_note() {
        let (name, suffix, note) =
            fit("13.8 - A handler", " (row 2)", "skipped: no second socket", 32);
        assert_eq!((&*name, &*suffix), ("13.8 - A handler", " (row 2)"));
        assert_eq!(note, "skipp…");
        let (name, ..) = fit("A name that is far too long", "", "", 10);
        assert_eq!(display_width(&name), 10);
    }

    #[test]
    fn times_have_one_unit_and_width() {
        let times = [0.000_4, 0.0123, 35.0, 999.9].map(Duration::from_secs_f64).map(format_seconds);
        assert_eq!(times, ["    0.000 s", "    0.012 s", "   35.000 s", "  999.900 s"]);
    }
}
