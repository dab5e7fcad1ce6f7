//! The report: suites, their counts, and what is outside of scenarios.

use std::collections::HashMap;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::attachment_dir::AttachmentDir;
use super::case::{class_name, write_case, write_hooks};
use super::format_seconds;
use crate::model::{Event, Scenario};
use crate::report::scenario_record::Reorder;
use crate::report::xml::escape_xml;
use crate::report::{Report, ScenarioRecord, ScenarioStatus, Totals};
use crate::text::{format_timestamp_millis, pluralize};

/// Writes a run as JUnit XML when the run ends.
#[derive(Debug)]
pub struct Junit<W> {
    out: W,
    started: SystemTime,
    reorder: Reorder,
    suites: Vec<Suite>,
    /// The number of cases with each class and name.
    names: HashMap<(String, String), usize>,
    attachments: Option<AttachmentDir>,
}

#[derive(Debug)]
struct Suite {
    path: Arc<str>,
    name: Arc<str>,
    tests: usize,
    failures: usize,
    skipped: usize,
    time: Duration,
    cases: String,
}

impl<W: Write> Junit<W> {
    /// Creates a report written to `out`. Attachments that are not text are only named.
    pub fn new(out: W) -> Self {
        Self {
            out,
            started: SystemTime::UNIX_EPOCH,
            reorder: Reorder::default(),
            suites: Vec::new(),
            names: HashMap::new(),
            attachments: None,
        }
    }

    /// Saves attachments that are not text as files in `dir`, which is created when it is needed, and
    /// refers to them in the form that GitLab and the attachments plugin of Jenkins read.
    #[must_use]
    pub fn with_attachments(mut self, dir: impl Into<PathBuf>) -> Self {
        self.attachments = Some(AttachmentDir::new(dir.into()));
        self
    }

    fn add_record(&mut self, record: &ScenarioRecord) -> io::Result<()> {
        let name = self.unique_name(&record.scenario);
        let mut case = String::new();
        write_case(&mut case, &name, record, self.attachments.as_mut())?;
        let suite = self.suite(&record.scenario);
        suite.tests += 1;
        suite.time += record.duration();
        match record.status() {
            _ if record.fails_run() => suite.failures += 1,
            ScenarioStatus::Skipped | ScenarioStatus::Interrupted => suite.skipped += 1,
            _ => {}
        }
        suite.cases.push_str(&case);
        Ok(())
    }

    /// Returns the name of a case. GitLab identifies cases by class and name, so that a case with the
    /// name of an earlier one would replace it; it gets a number, as the tests of a test target do.
    fn unique_name(&mut self, scenario: &Scenario) -> String {
        let name = scenario.display_name();
        let count = self.names.entry((class_name(scenario), name.clone())).or_default();
        *count += 1;
        if *count == 1 { name } else { format!("{name} #{count}") }
    }

    fn suite(&mut self, scenario: &Scenario) -> &mut Suite {
        let path = &scenario.location.path;
        // Unless the run is shuffled, the file is that of the last suite: search from the end.
        let index =
            self.suites.iter().rposition(|suite| suite.path == *path).unwrap_or_else(|| {
                self.suites.push(Suite {
                    path: Arc::clone(path),
                    name: Arc::clone(&scenario.feature),
                    tests: 0,
                    failures: 0,
                    skipped: 0,
                    time: Duration::ZERO,
                    cases: String::new(),
                });
                self.suites.len() - 1
            });
        &mut self.suites[index]
    }

    fn write_suites(&mut self, started: &str) -> io::Result<()> {
        for suite in &self.suites {
            let Suite { path: _, name, tests, failures, skipped, time, cases } = suite;
            writeln!(
                self.out,
                r#"  <testsuite name="{}" tests="{tests}" failures="{failures}" errors="0" skipped="{skipped}" time="{}" timestamp="{started}">"#,
                escape_xml(name),
                format_seconds(*time)
            )?;
            self.out.write_all(cases.as_bytes())?;
            writeln!(self.out, "  </testsuite>")?;
        }
        Ok(())
    }

    /// Writes the failures outside of any scenario, and the output that belongs to no scenario: of hooks of
    /// features and of the run, and of several scenarios that ran at the same time.
    fn write_run_hooks(&mut self, totals: &Totals, started: &str) -> io::Result<()> {
        let errors = totals.failures.len();
        let mut output = String::new();
        write_hooks(&mut output, &totals.hooks, self.attachments.as_mut())?;
        for shared in &totals.shared_output {
            let (heading, text) = (shared.heading(), shared.text.trim_end());
            output.push_str(&format!("{heading}\n{text}\n"));
        }
        if errors == 0 && output.is_empty() {
            return Ok(());
        }
        writeln!(
            self.out,
            r#"  <testsuite name="hooks" tests="{errors}" failures="0" errors="{errors}" skipped="0" time="0" timestamp="{started}">"#
        )?;
        for (number, failure) in totals.failures.iter().enumerate() {
            writeln!(
                self.out,
                "    <testcase name=\"hook {}\" classname=\"hooks\" time=\"0\">\n      <error type=\"hook\" message=\"{}\"/>\n    </testcase>",
                number + 1,
                escape_xml(&failure.message)
            )?;
        }
        if !output.is_empty() {
            writeln!(self.out, "    <system-out>{}</system-out>", escape_xml(&output))?;
        }
        writeln!(self.out, "  </testsuite>")
    }

    /// Writes the number of scenarios that the end of the run prevented, as one skipped case.
    fn write_not_run(&mut self, totals: &Totals, started: &str) -> io::Result<()> {
        if totals.not_run() == 0 {
            return Ok(());
        }
        writeln!(
            self.out,
            "  <testsuite name=\"not run\" tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"1\" time=\"0\" timestamp=\"{started}\">\n    \
             <testcase name=\"{} not run\" classname=\"not run\" time=\"0\">\n      \
             <skipped message=\"the run was stopped before\"/>\n    </testcase>\n  </testsuite>",
            pluralize(totals.not_run(), "scenario")
        )
    }
}

impl<W: Write> Report for Junit<W> {
    fn on_event(&mut self, event: &Event) -> io::Result<()> {
        if let Event::RunStarted { time, .. } = event {
            self.started = *time;
        }
        Ok(())
    }

    fn on_scenario_finished(&mut self, record: &Arc<ScenarioRecord>) -> io::Result<()> {
        self.reorder.add(record);
        while let Some(record) = self.reorder.next_ready() {
            self.add_record(&record)?;
        }
        Ok(())
    }

    fn on_run_finished(&mut self, totals: &Totals, duration: Duration) -> io::Result<()> {
        for record in self.reorder.take_rest() {
            self.add_record(&record)?;
        }
        let started = format_timestamp_millis(self.started);
        let errors = totals.failures.len();
        writeln!(self.out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
        writeln!(
            self.out,
            r#"<testsuites name="harmony-bdd" tests="{}" failures="{}" errors="{errors}" time="{}">"#,
            totals.scenarios() + errors + usize::from(totals.not_run() > 0),
            totals.failing(),
            format_seconds(duration)
        )?;
        self.write_suites(&started)?;
        self.write_run_hooks(totals, &started)?;
        self.write_not_run(totals, &started)?;
        writeln!(self.out, "</testsuites>")?;
        self.out.flush()
    }
}
