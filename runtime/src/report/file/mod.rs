//! Reports as files: JUnit XML, the HTML pages and the rerun file.
//!
//! Cucumber Messages, from which the HTML report is made, are in `messages`.

#[cfg(feature = "html-report")]
mod html;
mod json_in_html;
mod junit;
mod kind;
mod rerun;
mod timeline;

#[cfg(feature = "html-report")]
pub use html::{Html, write_html};
pub use junit::Junit;
pub use kind::{ReportFile, ReportKind};
pub use rerun::Rerun;
pub use timeline::Timeline;
