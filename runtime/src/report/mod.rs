//! Consumers of events: each turns the story of a run into something to read.
//!
//! A report knows the model and nothing else: not where the events come from, nor how steps run.

mod failure;
mod pretty;
mod style;
mod totals;

pub use pretty::{Pretty, Verbosity};
pub use style::Style;
pub use totals::Totals;

use std::io;

use crate::model::Event;

/// Something that listens to a run.
pub trait Report {
    /// Takes the next event.
    ///
    /// # Errors
    /// When what the report writes to does not take it.
    fn event(&mut self, event: &Event) -> io::Result<()>;
}
