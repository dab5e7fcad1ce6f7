//! The rerun file: where the scenarios stand that did not pass, one on each line.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use super::story::InOrder;
use super::{Report, Story, Totals, Verdict};

/// Writes the places of failed scenarios as selectors; those of flaky ones as comments.
#[derive(Debug)]
pub struct Rerun<W> {
    out: W,
    in_order: InOrder,
}

impl<W: Write> Rerun<W> {
    /// A report written to `out`.
    pub fn new(out: W) -> Self {
        Self { out, in_order: InOrder::default() }
    }

    fn tell(&mut self, story: &Story) -> io::Result<()> {
        let place = story.place();
        match story.verdict() {
            Verdict::Failed => writeln!(self.out, "{}:{}", place.path, place.line),
            Verdict::Flaky => writeln!(self.out, "# flaky: {}:{}", place.path, place.line),
            Verdict::Passed | Verdict::Skipped => Ok(()),
        }
    }
}

impl<W: Write> Report for Rerun<W> {
    fn scenario(&mut self, story: &Arc<Story>) -> io::Result<()> {
        self.in_order.take(story);
        while let Some(story) = self.in_order.ready() {
            self.tell(&story)?;
        }
        Ok(())
    }

    fn finish(&mut self, _totals: &Totals, _duration: Duration) -> io::Result<()> {
        for story in self.in_order.rest() {
            self.tell(&story)?;
        }
        self.out.flush()
    }
}
