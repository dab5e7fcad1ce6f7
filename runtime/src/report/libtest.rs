//! What Rust's own test harness prints, a line for each scenario: for tools that read it.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use super::failure::{explain, explain_hook, explain_leak};
use super::words::for_a_shell;
use super::{Report, Story, Style, Totals, Verdict};
use crate::model::Event;
use crate::sort::sort_by_key;

/// How a run is told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LibtestFormat {
    /// A line for each test.
    #[default]
    Pretty,
    /// A character for each test.
    Terse,
}

/// Writes a run as the test harness does.
#[derive(Debug)]
pub struct Libtest<W> {
    out: W,
    style: Style,
    format: LibtestFormat,
    /// The name of each scenario, by its number.
    names: Vec<String>,
    filtered_out: usize,
    failed: Vec<Arc<Story>>,
}

impl<W: Write> Libtest<W> {
    /// A report written to `out` about scenarios of these names, some others being left out.
    pub fn new(
        out: W,
        style: Style,
        format: LibtestFormat,
        names: Vec<String>,
        filtered_out: usize,
    ) -> Self {
        Self { out, style, format, names, filtered_out, failed: Vec::new() }
    }
}

impl<W: Write> Report for Libtest<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        if let Event::RunStarted { scenarios, .. } = event {
            writeln!(
                self.out,
                "\nrunning {scenarios} test{}",
                if *scenarios == 1 { "" } else { "s" }
            )?;
        }
        Ok(())
    }

    fn scenario(&mut self, story: &Arc<Story>) -> io::Result<()> {
        let (word, mark) = match story.verdict() {
            Verdict::Passed => (self.style.good("ok"), "."),
            Verdict::Flaky => (self.style.odd("ok (flaky)"), "~"),
            Verdict::Skipped => (self.style.odd("ignored"), "i"),
            Verdict::Failed => (self.style.bad("FAILED"), "F"),
        };
        if story.verdict() == Verdict::Failed {
            self.failed.push(Arc::clone(story));
        }
        match self.format {
            LibtestFormat::Pretty => {
                let name = self.names.get(story.number).map_or("", String::as_str);
                write!(self.out, "test {name} ... {word}")?;
                if let Some((_, result)) = story.decisive()
                    && let crate::model::Outcome::Skipped { reason: Some(reason) } = &result.outcome
                {
                    write!(self.out, ", {reason}")?;
                }
                writeln!(self.out)?;
            }
            LibtestFormat::Terse => write!(self.out, "{mark}")?,
        }
        self.out.flush()
    }

    fn finish(&mut self, totals: &Totals, duration: Duration) -> io::Result<()> {
        if self.format == LibtestFormat::Terse {
            writeln!(self.out)?;
        }
        sort_by_key(&mut self.failed, |story| story.number);
        if !self.failed.is_empty() {
            writeln!(self.out, "\nfailures:")?;
        }
        let program = std::env::args().next().unwrap_or_default();
        for story in &self.failed {
            let name = self.names.get(story.number).map_or("", String::as_str);
            let rerun = format!("{} --exact {}", for_a_shell(&program), for_a_shell(name));
            let text = explain(story, &rerun, self.style);
            writeln!(self.out, "\n---- {name} ----\n{text}")?;
        }
        for failure in &totals.failures {
            writeln!(self.out, "\n{}", explain_hook(failure, totals.hook_of(failure), self.style))?;
        }
        for leak in &totals.leaks {
            writeln!(self.out, "\n{}", explain_leak(leak, self.style))?;
        }
        if !self.failed.is_empty() {
            writeln!(self.out, "\nfailures:")?;
        }
        for story in &self.failed {
            writeln!(self.out, "    {}", self.names.get(story.number).map_or("", String::as_str))?;
        }
        let good = totals.failed == 0 && totals.failures.is_empty() && !totals.interrupted;
        let result = if good { self.style.good("ok") } else { self.style.bad("FAILED") };
        writeln!(
            self.out,
            "\ntest result: {result}. {} passed; {} failed; {} ignored; 0 measured; {} filtered out; finished in {:.2}s\n",
            totals.passed + totals.flaky,
            totals.failed,
            totals.skipped,
            self.filtered_out,
            duration.as_secs_f64()
        )?;
        self.out.flush()
    }
}
