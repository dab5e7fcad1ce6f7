//! Reports as files: JUnit XML, the HTML pages, the rerun file, trace events, and what CI systems read.
//!
//! Cucumber Messages, from which the HTML report is made, are in `messages`.

mod cucumber_json;
mod github;
#[cfg(feature = "html-report")]
mod html;
#[cfg(feature = "html-report")]
mod json_in_html;
mod junit;
mod kind;
mod rerun;
mod timeline;
mod trace;

pub use cucumber_json::CucumberJson;
pub use github::GitHub;
#[cfg(feature = "html-report")]
pub use html::{Html, write_html};
pub use junit::Junit;
pub use kind::{REPORT_BUFFER_BYTES, ReportFile, ReportKind};
pub use rerun::Rerun;
pub use timeline::{Timeline, WorkspacePaths};
pub use trace::Trace;
