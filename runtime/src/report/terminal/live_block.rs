//! The live lines of a run: a bar with counts, and the scenarios that run with their steps and ages.

use std::sync::Arc;
use std::time::Duration;

use super::style::Style;
use crate::model::{Activity, RunningScenario, Scenario};
use crate::report::Totals;
use crate::text::{cut_end, cut_middle, display_width, pluralize, single_line, wrap};

/// The age from which a part of a scenario is shown.
const MIN_AGE: Duration = Duration::from_millis(300);
/// The number of running scenarios shown.
const MAX_RUNNING: usize = 8;
/// The number of columns from which there is a bar.
const MIN_COLUMNS_WITH_BAR: usize = 60;
const BAR_COLUMNS: usize = 24;
/// The columns before the name of a running scenario, which is below those of finished ones.
const AGE_COLUMNS: usize = 14;

/// The state that the lines show.
#[derive(Debug)]
pub(super) struct LiveBlock<'a> {
    pub(super) totals: &'a Totals,
    pub(super) elapsed: Duration,
    pub(super) running: &'a [RunningScenario],
    /// The scenarios that have started and not finished, by number.
    pub(super) scenarios: &'a [(usize, Arc<Scenario>)],
    pub(super) stopping: bool,
    pub(super) style: Style,
    pub(super) columns: usize,
    pub(super) rows: usize,
}

impl LiveBlock<'_> {
    /// Returns the lines, each at most as wide as the terminal.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = self.running_lines();
        lines.push(self.count_line());
        if self.stopping {
            let notice = stop_notice(self.totals, self.elapsed, self.running);
            let notice = wrap(&notice, self.columns.saturating_sub(2));
            lines.extend(notice.iter().map(|line| self.style.warning(format!("  {line}"))));
        }
        lines
    }

    fn count_line(&self) -> String {
        let Totals { selected, .. } = self.totals;
        let done = self.totals.scenarios();
        let mut counts = vec![format!("{} passed", self.totals.passed)];
        for (count, word) in [
            (self.totals.failed, "failed"),
            (self.totals.flaky, "flaky"),
            (self.totals.unsupported, "unsupported"),
            (self.totals.skipped, "skipped"),
        ] {
            if count > 0 {
                counts.push(format!("{count} {word}"));
            }
        }
        let seconds = self.elapsed.as_secs_f64();
        let text = format!("{done}/{selected}  {seconds:.1} s  {}", counts.join(", "));
        if self.columns < MIN_COLUMNS_WITH_BAR {
            return format!("  {}", cut_end(&text, self.columns.saturating_sub(2)));
        }
        let filled = (done * BAR_COLUMNS).checked_div(*selected).unwrap_or(0).min(BAR_COLUMNS);
        let (full, rest) = ("━".repeat(filled), "─".repeat(BAR_COLUMNS - filled));
        let full = match self.totals.failed {
            0 => self.style.success(full),
            _ => self.style.failure(full),
        };
        let room = self.columns.saturating_sub(BAR_COLUMNS + 4);
        format!("  {full}{}  {}", self.style.dim(rest), cut_end(&text, room))
    }

    /// Returns a line for each scenario whose present part has run for a while, the oldest first.
    fn running_lines(&self) -> Vec<String> {
        let age = |entry: &RunningScenario| self.elapsed.saturating_sub(entry.since);
        let mut shown: Vec<_> = self.running.iter().filter(|entry| age(entry) >= MIN_AGE).collect();
        shown.sort_by_key(|entry| (entry.since, entry.number));
        let room = MAX_RUNNING.min(self.rows.saturating_sub(4)).max(1);
        let hidden = shown.len().saturating_sub(room);
        shown.truncate(room);
        let mut lines: Vec<_> =
            shown.into_iter().filter_map(|entry| self.running_line(entry, age(entry))).collect();
        if hidden > 0 {
            lines.push(self.style.dim(format!("{:AGE_COLUMNS$}… and {hidden} more", "")));
        }
        lines
    }

    fn running_line(&self, entry: &RunningScenario, age: Duration) -> Option<String> {
        let (_, scenario) = self.scenarios.iter().find(|(number, _)| *number == entry.number)?;
        let activity = match &entry.activity {
            Activity::Step(index) => {
                let step = scenario.steps.get(*index)?;
                format!("{} {}", step.keyword_text, step.text)
            }
            Activity::Hooks => "hooks and states".to_owned(),
            Activity::Starting { processes, printed: None } => format!("starting {processes}"),
            Activity::Starting { processes, printed: Some(line) } => {
                format!("starting {processes}: {line}")
            }
        };
        let is_slow = age > entry.limit / 2;
        let age = format!("{:>9.1} s", age.as_secs_f64());
        let (age, slow) = match is_slow {
            true => (self.style.warning(age), "SLOW "),
            false => (self.style.dim(age), ""),
        };
        let room = self.columns.saturating_sub(AGE_COLUMNS + slow.len());
        let (name, activity) = share(&scenario.one_line_name(), &single_line(&activity), room);
        Some(format!("{age} › {}{name}{}", self.style.warning(slow), self.style.dim(activity)))
    }
}

/// Cuts a name and an activity to `room` columns: the name gets at least two fifths, the activity the
/// rest.
fn share(name: &str, activity: &str, room: usize) -> (String, String) {
    const GAP: &str = " › ";
    let wanted = display_width(activity) + GAP.chars().count();
    let name = cut_middle(name, room.saturating_sub(wanted).max(room * 2 / 5));
    let left = room.saturating_sub(display_width(&name) + GAP.chars().count());
    let activity =
        if left < 2 { String::new() } else { format!("{GAP}{}", cut_end(activity, left)) };
    (name.into_owned(), activity)
}

/// Returns what happens after a request to stop: what still runs, how long it may, and what does not run.
pub(super) fn stop_notice(
    totals: &Totals,
    elapsed: Duration,
    running: &[RunningScenario],
) -> String {
    let left = running.iter().map(|entry| (entry.since + entry.limit).saturating_sub(elapsed));
    let waiting = match left.max() {
        Some(left) => format!(
            "{} and the hooks after may take up to {} s",
            pluralize(running.len(), "running step"),
            left.as_secs() + 1
        ),
        None => "nothing is running any more".to_owned(),
    };
    let not_run = totals.not_run().saturating_sub(running.len());
    let not_run = pluralize(not_run, "scenario");
    format!("Stopping: {waiting}; {not_run} will not run. Press Ctrl-C again to end at once.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_and_activity_share_the_line() {
        let share =
            |room| share("1.1 - A long name of a scenario", "When it waits for a frame", room);
        assert_eq!(
            share(80),
            ("1.1 - A long name of a scenario".into(), " › When it waits for a frame".into())
        );
        let (name, activity) = share(30);
        assert!(display_width(&name) + display_width(&activity) <= 30, "{name}{activity}");
        assert!(name.contains('…') && activity.ends_with('…'), "{name}{activity}");
    }
}
