//! The time that steps take, by definition, and the resources that scenarios use if they were measured.

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use super::output_filter::OutputFilter;
use super::resource_table::ResourceTable;
use super::style::Style;
use crate::model::{Measurement, StepResult};
use crate::report::{Report, ScenarioRecord, Totals};
use crate::text::format_duration;

/// The number of slowest calls shown.
const MAX_SLOWEST_CALLS: usize = 5;

/// Writes a table of the definitions that ran, sorted by total time, and the slowest calls.
///
/// Counts every finished call of every attempt. A step that was abandoned at its deadline is not
/// counted, as its result has no definition.
#[derive(Debug)]
pub struct Stats<W> {
    out: OutputFilter<W>,
    definitions: HashMap<String, Vec<Duration>>,
    /// The measured parts of steps, by name.
    operations: HashMap<String, Vec<Duration>>,
    slowest: Vec<(Duration, String)>,
    resource_table: ResourceTable,
}

impl<W: Write> Stats<W> {
    /// Creates a report written to `out`.
    pub fn new(out: W) -> Self {
        Self {
            out: OutputFilter::new(out, Style::PLAIN),
            definitions: HashMap::new(),
            operations: HashMap::new(),
            slowest: Vec::new(),
            resource_table: ResourceTable::default(),
        }
    }

    /// Adds the measurements in the logs of a step.
    fn add_operations(&mut self, result: &StepResult) {
        // The records of processes are also in the step's log, with the name of the process.
        let logs = match result.per_process.is_empty() {
            true => result.logs.iter().collect::<Vec<_>>(),
            false => result.per_process.iter().flat_map(|part| &part.logs).collect(),
        };
        for measured in logs.iter().filter_map(|log| Measurement::from_log_message(&log.message)) {
            self.operations.entry(measured.operation).or_default().push(measured.duration);
        }
    }

    fn add_call(&mut self, took: Duration, call: impl FnOnce() -> String) {
        let is_slow = self.slowest.last().is_none_or(|(slowest, _)| took > *slowest);
        if is_slow || self.slowest.len() < MAX_SLOWEST_CALLS {
            let at = self.slowest.partition_point(|(known, _)| *known >= took);
            self.slowest.insert(at, (took, call()));
            self.slowest.truncate(MAX_SLOWEST_CALLS);
        }
    }
}

impl<W: Write> Report for Stats<W> {
    fn on_scenario_finished(&mut self, record: &Arc<ScenarioRecord>) -> io::Result<()> {
        self.resource_table.add(record);
        for attempt in &record.attempts {
            for (step, result) in record.scenario.steps.iter().zip(&attempt.results) {
                self.add_operations(result);
                // The duration is zero for steps that were not run.
                if result.duration.is_zero() {
                    continue;
                }
                if let Some(definition) = &result.definition {
                    let name =
                        format!("{}:{} {:?}", definition.file, definition.line, definition.pattern);
                    self.definitions.entry(name).or_default().push(result.duration);
                }
                self.add_call(result.duration, || {
                    format!("{} {} {}", step.location, step.keyword_text, step.text)
                });
            }
        }
        Ok(())
    }

    fn on_run_finished(&mut self, _totals: &Totals, _duration: Duration) -> io::Result<()> {
        let out = &mut self.out;
        // The definitions of steps in other processes are unknown.
        write_table(out, "Time of steps by definition", "definition", &mut self.definitions)?;
        write_table(out, "Time of measured operations", "operation", &mut self.operations)?;
        writeln!(out, "\nSlowest calls:")?;
        for (took, call) in &self.slowest {
            writeln!(out, "{:>10}  {call}", format_duration(*took))?;
        }
        self.resource_table.write(out)?;
        out.flush()
    }
}

/// Writes a table of times by name, sorted by total time, unless there are none.
fn write_table(
    out: &mut impl Write,
    title: &str,
    head_of_names: &str,
    times: &mut HashMap<String, Vec<Duration>>,
) -> io::Result<()> {
    let mut lines: Vec<_> =
        times.drain().map(|(name, times)| (TimeSummary::from_times(times), name)).collect();
    lines.sort_by(|(a, a_name), (b, b_name)| (b.total, a_name).cmp(&(a.total, b_name)));
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{title}:")?;
    for head in ["count", "total", "min", "mean", "median", "p95", "max"] {
        write!(out, "{head:>10}")?;
    }
    writeln!(out, "  {head_of_names}")?;
    for (line, name) in lines {
        write!(out, "{:>10}", line.count)?;
        for time in [line.total, line.min, line.mean, line.median, line.p95, line.max] {
            write!(out, "{:>10}", format_duration(time))?;
        }
        writeln!(out, "  {name}")?;
    }
    Ok(())
}

#[derive(Debug, PartialEq, Eq)]
struct TimeSummary {
    count: usize,
    total: Duration,
    min: Duration,
    mean: Duration,
    median: Duration,
    p95: Duration,
    max: Duration,
}

impl TimeSummary {
    /// Creates the summary of one or more times.
    fn from_times(mut times: Vec<Duration>) -> Self {
        times.sort();
        let count = times.len();
        let total: Duration = times.iter().sum();
        // The nearest-rank percentile: the smallest time that this share of the calls does not exceed.
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
    fn summary_has_count_total_and_percentiles() {
        let line = TimeSummary::from_times(ms((1..=100).rev()));
        assert_eq!(line.count, 100);
        let [total, min, mean, median, p95, max] =
            [5050, 1, 50, 50, 95, 100].map(Duration::from_millis);
        assert_eq!(
            (line.total, line.min, line.median, line.p95, line.max),
            (total, min, median, p95, max)
        );
        assert_eq!(line.mean, mean + Duration::from_micros(500));
        let one = TimeSummary::from_times(ms([7]));
        assert!([one.min, one.mean, one.median, one.p95, one.max].iter().all(|t| *t == one.total));
    }

    #[test]
    fn slowest_calls_are_kept_in_order() {
        let mut stats = Stats::new(Vec::new());
        for time in ms([3, 9, 1, 7, 5, 8, 2]) {
            stats.add_call(time, || time.as_millis().to_string());
        }
        let kept: Vec<_> = stats.slowest.iter().map(|(_, call)| call.as_str()).collect();
        assert_eq!(kept, ["9", "8", "7", "5", "3"]);
    }
}
