//! The timeline: a self-contained HTML page that shows which thread or process ran what when.
//!
//! The page contains a line of JSON for each attempt at a scenario, written when the scenario ends, so
//! that a long run needs no memory for its report.

mod attempt;
mod definitions;
mod json_line;
mod paths;

use std::io::{self, Write};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use attempt::{AttemptWriter, write_hook};
use definitions::Definitions;
use json_line::JsonLine;
pub use paths::WorkspacePaths;

use crate::model::Event;
use crate::report::messages::ci;
use crate::report::{Report, ScenarioRecord, Totals, timeline_page};
use crate::text::format_timestamp_millis;

/// Writes a run as a timeline.
#[derive(Debug)]
pub struct Timeline<W> {
    out: W,
    paths: WorkspacePaths,
    /// The start of the run; `None` until the page has begun.
    started: Option<SystemTime>,
    definitions: Definitions,
}

impl<W: Write> Timeline<W> {
    /// Creates a report written to `out`, with paths relative to those of `paths`.
    pub fn new(out: W, paths: WorkspacePaths) -> Self {
        Self { out, paths, started: None, definitions: Definitions::default() }
    }

    /// Writes the page up to the first scenario, once. Returns the start of the run.
    fn begin(&mut self, time: SystemTime) -> io::Result<SystemTime> {
        if let Some(started) = self.started {
            return Ok(started);
        }
        self.started = Some(time);
        self.out.write_all(timeline_page::parts().0.as_bytes())?;
        let line = JsonLine::of("run", |line| {
            line.text("began", &format_timestamp_millis(time));
            let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
            line.time("beganNs", since);
            if let Some(ci) = ci(|name| std::env::var(name).ok()) {
                let git = |name: &str| ci["git"][name].as_str().unwrap_or_default().to_owned();
                line.text("build", ci["url"].as_str().unwrap_or_default());
                line.text("remote", &git("remote"));
                line.text("revision", &git("revision"));
            }
        });
        self.out.write_all(line.as_bytes())?;
        Ok(time)
    }
}

impl<W: Write> Report for Timeline<W> {
    fn on_event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::RunStarted { time, .. } => self.begin(*time).map(drop),
            _ => Ok(()),
        }
    }

    fn on_scenario_finished(&mut self, record: &Arc<ScenarioRecord>) -> io::Result<()> {
        let started = self.begin(SystemTime::now())?;
        for number in 0..record.attempts.len() {
            let writer = AttemptWriter { record, number, started, paths: &self.paths };
            let line = writer.line(&mut self.definitions);
            self.out.write_all(self.definitions.take_new_lines(&self.paths).as_bytes())?;
            self.out.write_all(line.as_bytes())?;
        }
        Ok(())
    }

    fn on_run_finished(&mut self, totals: &Totals, duration: Duration) -> io::Result<()> {
        let started = self.begin(SystemTime::now())?;
        let paths = &self.paths;
        let line = JsonLine::of("end", |line| {
            line.time("length", duration);
            line.number("notRun", totals.not_run() as u64);
            line.flag("interrupted", totals.interrupted);
            let failures = totals.failures.iter().map(ToString::to_string);
            line.texts("failures", failures.map(|text| paths.relative_in(&text).into_owned()));
            line.objects("hooks", &totals.hooks, |line, hook| {
                write_hook(line, hook, started, paths);
            });
            line.objects("leaks", &totals.leaks, |line, leak| {
                line.text("scenario", &leak.scenario.name);
                line.texts("left", leak.resources.iter().map(ToString::to_string));
            });
        });
        self.out.write_all(line.as_bytes())?;
        self.out.write_all(timeline_page::parts().1.as_bytes())?;
        self.out.flush()
    }
}
