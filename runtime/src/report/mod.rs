//! Consumers of events: each turns the story of a run into something to read.
//!
//! ```text
//!  events ── Reports ──┬─ each event as it comes ──> progress, messages
//!                      ├─ each scenario once it has ended (a Story) ──> pretty, junit, timeline, …
//!                      └─ the end with its Totals ──> all of them, and the exit code
//! ```
//!
//! A report knows the model, and for Cucumber Messages the documents; not where the events come from,
//! nor how steps run.

mod failure;
#[cfg(feature = "html-report")]
mod html;
mod junit;
mod knowledge;
mod libtest;
pub mod merge;
mod messages;
mod pretty;
mod progress;
mod rerun;
mod resources;
mod script;
mod stats;
mod story;
mod style;
mod time;
mod timeline;
mod totals;
mod words;

#[cfg(feature = "html-report")]
pub use html::{Html, write_html};
pub use junit::Junit;
pub use knowledge::{Code, Definition, Hook, Knowledge, ParameterType};
pub use libtest::{Libtest, LibtestFormat};
pub use messages::Messages;
pub use pretty::{Pretty, Verbosity};
pub use progress::Progress;
pub use rerun::Rerun;
pub use stats::Stats;
pub use story::{Attempt, Story, Verdict};
pub use style::{ColourChoice, Style};
pub use timeline::Timeline;
pub use totals::Totals;
pub(crate) use words::for_a_shell;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use crate::model::Event;
use story::Stories;

/// Something that listens to a run.
///
/// An error of any method ends the report, not the run.
pub trait Report {
    /// Takes the next event.
    ///
    /// # Errors
    /// When what the report writes to does not take it.
    fn event(&mut self, _event: &Event) -> io::Result<()> {
        Ok(())
    }

    /// Takes a scenario that has ended, in the order in which scenarios end.
    ///
    /// # Errors
    /// When what the report writes to does not take it.
    fn scenario(&mut self, story: &Arc<Story>) -> io::Result<()>;

    /// Takes the end of the run and completes what the report writes.
    ///
    /// # Errors
    /// When what the report writes to does not take it.
    fn finish(&mut self, totals: &Totals, duration: Duration) -> io::Result<()>;
}

/// All reports of a run; feeds each and counts.
#[derive(Default)]
pub struct Reports {
    reports: Vec<Named>,
    stories: Stories,
    totals: Totals,
    errors: Vec<String>,
}

struct Named {
    name: String,
    report: Box<dyn Report>,
}

impl Reports {
    /// Adds a report; `name` is what an error calls it.
    pub fn add(&mut self, name: impl Into<String>, report: impl Report + 'static) {
        self.reports.push(Named { name: name.into(), report: Box::new(report) });
    }

    /// Takes the next event of the run.
    pub fn event(&mut self, event: &Event) {
        self.each(|report| report.event(event));
        if let Some(story) = self.stories.event(event) {
            self.totals.count(&story);
            let story = Arc::new(story);
            self.each(|report| report.scenario(&story));
        }
        if let Event::HookFailed { number: None, failure } = event {
            self.totals.failures.push(Arc::clone(failure));
        }
        if let Event::HookFinished { number: None, result } = event {
            self.totals.hooks.push(Arc::clone(result));
        }
        if let Event::LeftBehind(leak) = event {
            self.totals.leaks.push(Arc::clone(leak));
        }
        if let Event::RunFinished { duration, interrupted } = event {
            self.totals.interrupted = *interrupted;
            let totals = self.totals.clone();
            self.each(|report| report.finish(&totals, *duration));
        }
    }

    /// The counts so far.
    pub fn totals(&self) -> &Totals {
        &self.totals
    }

    /// Reports that could not be written, each with the reason.
    pub fn errors(&self) -> &[String] {
        &self.errors
    }

    fn each(&mut self, mut tell: impl FnMut(&mut dyn Report) -> io::Result<()>) {
        self.reports.retain_mut(|named| match tell(&mut *named.report) {
            Ok(()) => true,
            Err(error) => {
                self.errors.push(format!("{}: {error}", named.name));
                false
            }
        });
    }
}

impl std::fmt::Debug for Reports {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<_> = self.reports.iter().map(|named| &named.name).collect();
        f.debug_struct("Reports").field("reports", &names).finish_non_exhaustive()
    }
}
