//! The trait of a reporter.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::{ScenarioRecord, Totals};
use crate::model::Event;

/// A consumer of the events of a run.
///
/// An error of any method ends this report, not the run.
pub trait Report {
    /// Receives each event of the run.
    ///
    /// # Errors
    ///
    /// Returns an error if the report cannot be written.
    fn on_event(&mut self, _event: &Event) -> io::Result<()> {
        Ok(())
    }

    /// Receives each scenario that has ended, in the order in which scenarios end.
    ///
    /// # Errors
    ///
    /// Returns an error if the report cannot be written.
    fn on_scenario_finished(&mut self, record: &Arc<ScenarioRecord>) -> io::Result<()>;

    /// Receives the end of the run and completes the report.
    ///
    /// # Errors
    ///
    /// Returns an error if the report cannot be written.
    fn on_run_finished(&mut self, totals: &Totals, duration: Duration) -> io::Result<()>;
}
