//! The stock Cucumber HTML report: its own script and style with the messages of the run inside.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use super::script::write_in_script;
use super::{Knowledge, Messages, Report, Story, Totals};
use crate::model::Event;

const SCRIPT: &str = include_str!("../../assets/cucumber-html-formatter/main.js");
const STYLE: &str = include_str!("../../assets/cucumber-html-formatter/main.css");

/// Writes a run as one page that needs nothing else.
#[derive(Debug)]
pub struct Html<W> {
    out: W,
    messages: Messages<Vec<u8>>,
}

impl<W: Write> Html<W> {
    /// A report written to `out` that knows this before the run.
    pub fn new(out: W, knowledge: Knowledge) -> Self {
        Self { out, messages: Messages::new(Vec::new(), knowledge) }
    }
}

impl<W: Write> Report for Html<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        self.messages.event(event)
    }

    fn scenario(&mut self, story: &Arc<Story>) -> io::Result<()> {
        self.messages.scenario(story)
    }

    fn finish(&mut self, totals: &Totals, duration: Duration) -> io::Result<()> {
        self.messages.finish(totals, duration)?;
        write_page(&mut self.out, self.messages.written())
    }
}

/// Writes the page for these messages, one on a line.
///
/// # Errors
/// When `out` does not take it.
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
        write_in_script(out, line)?;
    }
    write!(out, "];\n</script>\n<script>\n{SCRIPT}\n</script>\n</body>\n</html>\n")?;
    out.flush()
}
