//! Progress of a mutation campaign on standard error.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use crate::mutation::{Progress, Round};

const INTERVAL: Duration = Duration::from_millis(200);

/// Writes one line for each round, and updates it on a terminal.
#[derive(Debug)]
pub(super) struct ProgressLine<W> {
    out: W,
    is_terminal: bool,
    last: Option<Instant>,
    round: Option<Round>,
}

impl<W: Write + IsTerminal> ProgressLine<W> {
    pub(super) fn new(out: W) -> Self {
        Self { is_terminal: out.is_terminal(), out, last: None, round: None }
    }

    /// Shows the progress. An output that fails is ignored: the findings do not depend on it.
    pub(super) fn show(&mut self, progress: Progress) {
        let is_new = self.round != Some(progress.round);
        let is_due = self.last.is_none_or(|last| last.elapsed() >= INTERVAL);
        if !(is_new || (self.is_terminal && (is_due || progress.finished == progress.total))) {
            return;
        }
        self.round = Some(progress.round);
        self.last = Some(Instant::now());
        let name = round_name(progress.round);
        let _ = match self.is_terminal {
            true => {
                write!(self.out, "\r\x1b[2K{name}: {} of {}", progress.finished, progress.total)
            }
            false => writeln!(self.out, "{name}: {}", progress.total),
        };
        let _ = self.out.flush();
    }

    /// Removes the line from a terminal.
    pub(super) fn clear(&mut self) {
        if self.is_terminal {
            let _ = write!(self.out, "\r\x1b[2K");
            let _ = self.out.flush();
        }
    }
}

fn round_name(round: Round) -> &'static str {
    match round {
        Round::Originals => "unchanged scenarios",
        Round::Mutants => "changed scenarios",
        Round::FurtherTrials => "further changes",
        Round::Waiting => "changes that make a step wait",
        Round::Probes => "steps that never failed",
    }
}
