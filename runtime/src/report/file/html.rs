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
    messages: Messages<ArrayElements<W>>,
    /// True once the part of the page before the messages is written.
    has_begun: bool,
    failures_only: bool,
}

/// Writes messages, one per line, as the elements of an array in a script.
#[derive(Debug)]
struct ArrayElements<W>(W);

impl<W: Write> Html<W> {
    /// Creates a report written to `out`.
    pub fn new(out: W, metadata: RunMetadata) -> Self {
        let messages = Messages::new(ArrayElements(out), metadata);
        Self { messages, has_begun: false, failures_only: false }
    }

    /// Creates a report of the scenarios that failed or were flaky: the page of a large suite opens
    /// faster.
    pub fn failures_only(out: W, metadata: RunMetadata) -> Self {
        // Without the scenarios, each document is written with its first scenario.
        let metadata = RunMetadata { scenarios: Vec::new(), ..metadata };
        Self { failures_only: true, ..Self::new(out, metadata) }
    }

    /// Writes the page up to the first message, once. The messages follow as they come, so that a large
    /// run needs no memory for its page.
    fn begin(&mut self) -> io::Result<()> {
        if !std::mem::replace(&mut self.has_begun, true) {
            write_start(&mut self.messages.out_mut().0)?;
        }
        Ok(())
    }
}

impl<W: Write> Report for Html<W> {
    fn on_event(&mut self, event: &Event) -> io::Result<()> {
        self.begin()?;
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
        write_end(&mut self.messages.out_mut().0)
    }
}

impl<W: Write> Write for ArrayElements<W> {
    fn write(&mut self, lines: &[u8]) -> io::Result<usize> {
        for line in lines.split_inclusive(|&byte| byte == b'\n') {
            write_json_in_script(&mut self.0, line.strip_suffix(b"\n").unwrap_or(line))?;
            if line.ends_with(b"\n") {
                self.0.write_all(b",\n")?;
            }
        }
        Ok(lines.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Writes the page for messages, one per line.
///
/// # Errors
///
/// Returns an error if `out` cannot be written.
pub fn write_html(out: &mut impl Write, messages: &str) -> io::Result<()> {
    write_start(out)?;
    ArrayElements(&mut *out).write_all(messages.as_bytes())?;
    write_end(out)
}

fn write_start(out: &mut impl Write) -> io::Result<()> {
    write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Cucumber</title>\n<style>\n{STYLE}\n</style>\n</head>\n<body>\n\
         <div id=\"content\"></div>\n<script>\nwindow.CUCUMBER_MESSAGES = [\n"
    )
}

/// Writes the page behind the last message. The comma behind it adds no element to the array.
fn write_end(out: &mut impl Write) -> io::Result<()> {
    write!(out, "];\n</script>\n<script>\n{SCRIPT}\n</script>\n</body>\n</html>\n")?;
    out.flush()
}
