//! Reports for people at a terminal, and for tools that read what Rust's test harness prints.
//!
//! Nothing here writes a report file; see `file` for those.

mod diagnostic;
mod format;
mod libtest;
mod libtest_json;
mod output_filter;
mod pretty;
mod progress;
mod rerun_command;
mod resource_table;
mod stats;
mod style;

pub use libtest::{Libtest, LibtestFormat, PassedOutput};
pub use libtest_json::{LibtestJson, write_libtest_discovery};
pub use pretty::{Pretty, Verbosity};
pub use progress::{Progress, ProgressOutput};
pub use rerun_command::RerunCommand;
pub use stats::Stats;
pub use style::{ColorChoice, Style};
