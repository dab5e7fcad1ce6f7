//! Reports for people at a terminal, and for tools that read what Rust's test harness prints.
//!
//! Nothing here writes a report file; see `file` for those.

mod closing;
mod debug_lines;
mod diagnostic;
mod difference;
mod format;
mod libtest;
mod libtest_json;
mod live_block;
mod live_screen;
mod note_writer;
mod output_filter;
mod pretty;
mod progress;
mod rerun_command;
mod resource_table;
mod result_line;
mod shared_output;
mod source_excerpt;
mod start_notices;
mod stats;
mod steps;
mod style;

pub use closing::ClosingNotes;
pub(crate) use diagnostic::render_failure;
pub use libtest::{Libtest, LibtestFormat, PassedOutput};
pub use libtest_json::{LibtestJson, write_libtest_discovery};
pub use live_screen::Terminal;
pub(crate) use live_screen::stderr_columns;
pub use pretty::{Pretty, Verbosity};
pub use progress::Progress;
pub use rerun_command::RerunCommand;
pub(crate) use start_notices::StartNotices;
pub use stats::Stats;
pub use style::{ColorChoice, Style};
