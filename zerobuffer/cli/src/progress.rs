//! Progress line on stderr for long runs, if stderr is a terminal.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use crate::outcome::Traffic;

const REFRESH: Duration = Duration::from_millis(200);

/// Frames between two clock readings.
const FRAMES_PER_LOOK: u64 = 16;

/// A line that overwrites itself. Inactive if stderr is not a terminal.
#[derive(Debug)]
pub(crate) struct Progress {
    verb: &'static str,
    total: Option<u64>,
    terminal: bool,
    shown: Option<Instant>,
}

impl Progress {
    pub(crate) fn new(verb: &'static str, total: Option<u64>) -> Self {
        Self { verb, total, terminal: io::stderr().is_terminal(), shown: None }
    }

    /// Shows where the run is, now and then.
    pub(crate) fn show(&mut self, traffic: &Traffic) {
        if !self.terminal || !traffic.frames.is_multiple_of(FRAMES_PER_LOOK) {
            return;
        }
        self.refresh(traffic);
    }

    /// Shows where the run is, unless that was done a moment ago. For runs that wait.
    pub(crate) fn refresh(&mut self, traffic: &Traffic) {
        if !self.terminal || self.shown.is_some_and(|shown| shown.elapsed() < REFRESH) {
            return;
        }
        self.shown = Some(Instant::now());
        let of = self.total.map(|total| format!(" of {total}")).unwrap_or_default();
        let (verb, frames, rate) = (self.verb, traffic.frames, traffic.throughput());
        let _ = write!(io::stderr(), "\r\x1b[K{verb} {frames}{of} frames, {rate:.0} MiB/s");
    }

    /// Takes the line away.
    pub(crate) fn clear(&mut self) {
        if self.shown.take().is_some() {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}
