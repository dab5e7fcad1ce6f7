//! Progress of processes that take long to start, on standard error.

use std::io::Write;
use std::time::{Duration, Instant};

use crate::cli::output::stderr_columns;
use crate::harmony::starting::StartingPlatform;
use crate::model::{Activity, RunningScenario};
use crate::report::StartNotices;
use crate::text::{cut_end, single_line};

/// Shows the process that starts: one line that is updated on a terminal, and the lines of a run elsewhere.
#[derive(Debug)]
pub(super) struct StartProgress<W: Write> {
    out: W,
    /// The width of the terminal.
    columns: Option<usize>,
    began: Instant,
    notices: StartNotices,
}

impl<W: Write> StartProgress<W> {
    /// Creates it for `out`, which is standard error.
    pub(super) fn new(out: W) -> Self {
        let (columns, notices) = (stderr_columns(), StartNotices::default());
        Self { out, columns, began: Instant::now(), notices }
    }

    /// Shows the progress. An output that fails is ignored: the result of the command does not depend on it.
    pub(super) fn show(&mut self, starting: &StartingPlatform<'_>) {
        let StartingPlatform { platform, age, printed } = starting;
        if let Some(columns) = self.columns {
            let printed = printed.as_ref().map(|line| format!(": {}", single_line(line)));
            let line = format!(
                "{:>3} s  starting {platform}{}",
                age.as_secs(),
                printed.unwrap_or_default()
            );
            let _ = write!(self.out, "\r\x1b[2K{}", cut_end(&line, columns.saturating_sub(1)));
            let _ = self.out.flush();
            return;
        }
        let elapsed = self.began.elapsed();
        let activity =
            Activity::Starting { processes: (*platform).into(), printed: printed.clone() };
        let since = elapsed.saturating_sub(*age);
        self.write_due(
            elapsed,
            &[RunningScenario { number: 0, activity, since, limit: Duration::MAX }],
        );
    }

    /// Removes the line from a terminal; elsewhere reports the end of the last start.
    pub(super) fn end(mut self) {
        if self.columns.is_some() {
            let _ = write!(self.out, "\r\x1b[2K");
            let _ = self.out.flush();
        } else {
            self.write_due(self.began.elapsed(), &[]);
        }
    }

    fn write_due(&mut self, elapsed: Duration, running: &[RunningScenario]) {
        for line in self.notices.due(elapsed, running) {
            let _ = writeln!(self.out, "{line}");
        }
    }
}
