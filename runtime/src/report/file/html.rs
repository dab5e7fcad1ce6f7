//! The stock Cucumber HTML report: its script and style with the messages of the run embedded.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use super::json_in_html::write_json_in_script;
use crate::model::Event;
use crate::report::{Messages, Report, RunMetadata, ScenarioRecord, ScenarioStatus, Totals};

const SCRIPT: &str = include_str!("../../../assets/cucumber-html-formatter/main.js");
const STYLE: &str = include_str!("../../../assets/cucumber-html-formatter/main.css");

/// Writes a run as one self-contained HTML page.
#[derive(Debug)]
pub struct Html<W> {
    out: W,
    messages: Messages<Vec<u8>>,
    failures_only: bool,
}

impl<W: Write> Html<W> {
    /// Creates a report written to `out`.
    pub fn new(out: W, metadata: RunMetadata) -> Self {
        Self { out, messages: Messages::new(Vec::new(), metadata), failures_only: false }
    }

    /// Creates a report of the scenarios that failed or were flaky: the page of a large suite opens
    /// faster.
    pub fn failures_only(out: W, metadata: RunMetadata) -> Self {
        // Without the scenarios, each document is written with its first scenario.
        let metadata = RunMetadata { scenarios: Vec::new(), ..metadata };
        Self { failures_only: true, ..Self::new(out, metadata) }
    }
}

impl<W: Write> Report for Html<W> {
    fn on_event(&mut self, event: &Event) -> io::Result<()> {
        self.messages.on_event(event)
    }

    fn on_scenario_finished(&mut self, record: &Arc<ScenarioRecord>) -> io::Result<()> {
        let is_shown = matches!(record.status(), ScenarioStatus::Failed | ScenarioStatus::Flaky);
        if self.failures_only && !is_shown {
            return Ok(());
        }
        self.messages.on_scenario_finished(record)
    }

    fn on_run_finished(&mut self, totals: &Totals, duration: Duration) -> io::Result<()> {
        self.messages.on_run_finished(totals, duration)?;
        write_page(&mut self.out, self.messages.written())
    }
}

/// Writes the page for messages, one per line.
///
/// # Errors
///
/// Returns an error if `out` cannot be written.
pub fn write_html(out: &mut impl Write, messages: &str) -> io::Result<()> {
    write_page(out, messages.as_bytes())
}

fn write_page(out: &mut impl Write, messages: &[u8]) -> io::Result<()> {
    write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Cucumber</title>\n<style>\n{STYLE}\n</style>\n</head>\n<body>\n\
         <div id=\"content\"></div>\n<script>\nwindow.CUCUMBER_MESSAGES = ["
    )?;
    let lines = messages.split(|&byte| byte == b'\n').filter(|l| !l.is_empty());
    for (index, line) in lines.enumerate() {
        if index > 0 {
            out.write_all(b",")?;
        }
        write_json_in_script(out, line)?;
    }
    write!(out, "];\n</script>\n<script>\n{SCRIPT}\n</script>\n</body>\n</html>\n")?;
    out.flush()
}
