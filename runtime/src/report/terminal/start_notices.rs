//! Lines about processes that take long to start, for output without live lines.

use std::sync::Arc;
use std::time::Duration;

use crate::model::{Activity, RunningScenario};
use crate::text::single_line;

/// The age from which a start is reported.
const MIN_AGE: Duration = Duration::from_secs(2);
/// The time between two lines about a start.
const INTERVAL: Duration = Duration::from_secs(10);

/// The starts that have been reported and go on.
#[derive(Debug, Default)]
pub(crate) struct StartNotices(Vec<Start>);

#[derive(Debug)]
struct Start {
    processes: Arc<str>,
    since: Duration,
    /// The age at which it is reported again.
    next: Duration,
}

impl StartNotices {
    /// Returns the lines that are due at this time of the run: one for a start that takes long, one for each
    /// interval, and one for its end. Scenarios that wait for equal processes have the same lines.
    pub(crate) fn due(&mut self, elapsed: Duration, running: &[RunningScenario]) -> Vec<String> {
        let mut lines = self.ended(elapsed, running);
        for entry in running {
            let Activity::Starting { processes, printed } = &entry.activity else { continue };
            let age = elapsed.saturating_sub(entry.since);
            let start = match self.0.iter_mut().find(|start| start.processes == *processes) {
                Some(start) => start,
                None if age < MIN_AGE => continue,
                None => {
                    let (processes, since) = (Arc::clone(processes), entry.since);
                    self.0.push(Start { processes, since, next: MIN_AGE });
                    self.0.last_mut().expect("a start was added")
                }
            };
            let age = elapsed.saturating_sub(start.since);
            if age >= start.next {
                start.next = age + INTERVAL;
                let printed =
                    printed.as_ref().map(|line| format!("; it printed: {}", single_line(line)));
                lines.push(format!(
                    "starting {processes}: {} s{}",
                    age.as_secs(),
                    printed.unwrap_or_default()
                ));
            }
        }
        lines
    }

    /// Removes the starts that no scenario waits for any more, and returns a line for each.
    fn ended(&mut self, elapsed: Duration, running: &[RunningScenario]) -> Vec<String> {
        let goes_on = |start: &Start| {
            running.iter().any(|entry| {
                matches!(&entry.activity, Activity::Starting { processes, .. } if *processes == start.processes)
            })
        };
        let ended = self.0.extract_if(.., |start| !goes_on(start));
        ended
            .map(|Start { processes, since, .. }| {
                let waited = elapsed.saturating_sub(since).as_secs_f64();
                format!("waited {waited:.1} s for the start of {processes}")
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn starting(number: usize, printed: Option<&str>) -> RunningScenario {
        let activity = Activity::Starting {
            processes: "writer (python)".into(),
            printed: printed.map(Arc::from),
        };
        RunningScenario {
            number,
            activity,
            since: Duration::from_secs(1),
            limit: Duration::from_secs(180),
        }
    }

    #[test]
    fn long_start_is_reported_at_its_begin_in_intervals_and_at_its_end() {
        let mut notices = StartNotices::default();
        let mut lines = Vec::new();
        for second in 0..50 {
            let elapsed = Duration::from_secs(second);
            // Two scenarios wait for the same platform.
            let running = [starting(0, Some("installing")), starting(1, None)];
            let running = if second < 26 { &running[..] } else { &[] };
            lines.extend(notices.due(elapsed, running));
        }
        assert_eq!(
            lines,
            [
                "starting writer (python): 2 s; it printed: installing",
                "starting writer (python): 12 s; it printed: installing",
                "starting writer (python): 22 s; it printed: installing",
                "waited 25.0 s for the start of writer (python)",
            ]
        );
    }

    #[test]
    fn short_start_is_not_reported() {
        let mut notices = StartNotices::default();
        let second = Duration::from_secs(1);
        assert!(notices.due(second * 2, &[starting(0, None)]).is_empty());
        assert!(notices.due(second * 3, &[]).is_empty());
    }
}
