//! Reporters: consume the events of a run and write reports.
//!
//! ```text
//!  events ── ReporterSet ──┬─ each event as it happens ──────────────────> progress, messages
//!                          ├─ each scenario when it ends (ScenarioRecord) ──> pretty, junit, timeline, …
//!                          └─ the end of the run with its Totals ────────> all of them, and the exit code
//! ```
//!
//! A reporter knows the model and, for Cucumber Messages, the documents. It does not know which runner
//! sends the events, nor how steps run.
//!
//! Imports go one way: `terminal`, `file`, `history`, `messages`, `merge` and `mutation` import the files beside
//! this one, which import none of them; `file` imports `messages` and `mutation` imports `terminal`; no other
//! two of them import each other.

mod metadata;
mod problem;
mod reporter;
mod reporter_set;
mod scenario_record;
mod timeline_page;
mod totals;
mod xml;

mod file;
pub mod history;
pub mod merge;
mod messages;
pub mod mutation;
mod terminal;

pub use file::{
    CucumberJson, GitHub, Junit, REPORT_BUFFER_BYTES, ReportFile, ReportKind, Rerun, Timeline,
    Trace, WorkspacePaths,
};
#[cfg(feature = "html-report")]
pub use file::{Html, write_html};
pub use messages::Messages;
pub use metadata::{DefinitionInfo, HookInfo, ParameterTypeInfo, RunMetadata, StepLibrary};
pub use reporter::Report;
pub use reporter_set::ReporterSet;
pub use scenario_record::{AttemptRecord, FlakyResult, ScenarioRecord, ScenarioStatus};
pub use terminal::{
    ClosingNotes, ColorChoice, Libtest, LibtestFormat, LibtestJson, PassedOutput, Pretty, Progress,
    RerunCommand, Stats, Style, Terminal, Verbosity, write_libtest_discovery,
};
pub(crate) use terminal::{StartNotices, render_failure, stderr_columns};
pub use timeline_page::write_timeline;
pub use totals::Totals;
