//! How long steps take, by definition: for finding what makes a suite slow. Where it was measured,
//! what scenarios use.

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use super::resources::Usage;
use super::words::readable;
use super::{Report, Story, Totals};
use crate::sort::sort_by;

/// How many of the slowest calls are told.
const SLOWEST: usize = 5;

/// Writes a table of the definitions that ran, the one that took most time first, and the slowest calls.
///
/// Counts every call that ran to an end, of every try; a step that was given up at its deadline
/// has no definition to count it for.
#[derive(Debug)]
pub struct Stats<W> {
    out: W,
    definitions: HashMap<String, Vec<Duration>>,
    slowest: Vec<(Duration, String)>,
    usage: Usage,
}

impl<W: Write> Stats<W> {
    /// A report written to `out`.
    pub fn new(out: W) -> Self {
        Self { out, definitions: HashMap::new(), slowest: Vec::new(), usage: Usage::default() }
    }

    fn remember(&mut self, took: Duration, call: impl FnOnce() -> String) {
        let is_slow = self.slowest.last().is_none_or(|(slowest, _)| took > *slowest);
        if is_slow || self.slowest.len() < SLOWEST {
            let at = self.slowest.partition_point(|(known, _)| *known >= took);
            self.slowest.insert(at, (took, call()));
            self.slowest.truncate(SLOWEST);
        }
    }
}

impl<W: Write> Report for Stats<W> {
    fn scenario(&mut self, story: &Arc<Story>) -> io::Result<()> {
        self.usage.take(story);
        for attempt in &story.attempts {
            for (step, result) in story.scenario.steps.iter().zip(&attempt.results) {
                // Steps that other processes ran have a time, and a definition nobody here knows.
                if result.duration.is_zero() {
                    continue;
                }
                if let Some(definition) = &result.definition {
                    let name =
                        format!("{}:{} {:?}", definition.file, definition.line, definition.pattern);
                    self.definitions.entry(name).or_default().push(result.duration);
                }
                self.remember(result.duration, || {
                    format!("{} {} {}", step.place, step.keyword_text, step.text)
                });
            }
        }
        Ok(())
    }

    fn finish(&mut self, _totals: &Totals, _duration: Duration) -> io::Result<()> {
        let mut lines: Vec<_> =
            self.definitions.drain().map(|(name, times)| (Line::of(times), name)).collect();
        sort_by(&mut lines, |(a, a_name), (b, b_name)| (b.total, a_name).cmp(&(a.total, b_name)));
        let out = &mut self.out;
        // Of steps that other processes ran nobody here knows the definitions.
        if !lines.is_empty() {
            writeln!(out, "\nTime of steps by definition:")?;
            let heads = ["count", "total", "min", "mean", "median", "p95", "max"];
            for head in heads {
                write!(out, "{head:>10}")?;
            }
            writeln!(out, "  definition")?;
            for (line, name) in lines {
                write!(out, "{:>10}", line.count)?;
                for time in [line.total, line.min, line.mean, line.median, line.p95, line.max] {
                    write!(out, "{:>10}", readable(time))?;
                }
                writeln!(out, "  {name}")?;
            }
        }
        writeln!(out, "\nSlowest calls:")?;
        for (took, call) in &self.slowest {
            writeln!(out, "{:>10}  {call}", readable(*took))?;
        }
        self.usage.write(out)?;
        out.flush()
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Line {
    count: usize,
    total: Duration,
    min: Duration,
    mean: Duration,
    median: Duration,
    p95: Duration,
    max: Duration,
}

impl Line {
    /// Of one time or more.
    fn of(mut times: Vec<Duration>) -> Self {
        sort_by(&mut times, Ord::cmp);
        let count = times.len();
        let total: Duration = times.iter().sum();
        // The nearest rank: the smallest time that this share of the calls does not exceed.
        let rank = |percent: usize| times[(count * percent).div_ceil(100).max(1) - 1];
        Self {
            count,
            total,
            min: times[0],
            mean: total / u32::try_from(count).unwrap_or(u32::MAX),
            median: rank(50),
            p95: rank(95),
            max: times[count - 1],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(times: impl IntoIterator<Item = u64>) -> Vec<Duration> {
        times.into_iter().map(Duration::from_millis).collect()
    }

    #[test]
    fn a_line_sums_up_its_times() {
        let line = Line::of(ms((1..=100).rev()));
        assert_eq!(line.count, 100);
        let [total, min, mean, median, p95, max] =
            [5050, 1, 50, 50, 95, 100].map(Duration::from_millis);
        assert_eq!(
            (line.total, line.min, line.median, line.p95, line.max),
            (total, min, median, p95, max)
        );
        assert_eq!(line.mean, mean + Duration::from_micros(500));
        let one = Line::of(ms([7]));
        assert!([one.min, one.mean, one.median, one.p95, one.max].iter().all(|t| *t == one.total));
    }

    #[test]
    fn the_slowest_calls_are_kept_in_order() {
        let mut stats = Stats::new(Vec::new());
        for time in ms([3, 9, 1, 7, 5, 8, 2]) {
            stats.remember(time, || time.as_millis().to_string());
        }
        let kept: Vec<_> = stats.slowest.iter().map(|(_, call)| call.as_str()).collect();
        assert_eq!(kept, ["9", "8", "7", "5", "3"]);
    }
}
