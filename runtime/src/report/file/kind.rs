//! The kinds of report files: the one place where a report is registered.

use std::io::Write;
use std::path::PathBuf;

#[cfg(feature = "html-report")]
use super::Html;
use super::{CucumberJson, Junit, Rerun, Timeline, Trace, WorkspacePaths};
use crate::report::messages::Messages;
use crate::report::{ReporterSet, RunMetadata};

/// The capacity of the buffer of a report file. A report is several megabytes for a large suite, which are
/// not written in thousands of pieces.
pub const REPORT_BUFFER_BYTES: usize = 64 * 1024;

/// A kind of report that a run writes to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportKind {
    /// JUnit XML.
    Junit,
    /// Cucumber Messages, one JSON value per line.
    Messages,
    /// The HTML page of Cucumber.
    Html,
    /// The HTML page with the timeline of the run.
    Timeline,
    /// Trace events, one JSON object.
    Trace,
    /// The JSON of Cucumber before Cucumber Messages.
    Json,
    /// The locations of failed scenarios.
    Rerun,
    /// A folder with a line for each run; see [`History`](crate::report::history::History).
    History,
    /// Annotations and a summary; see [`GitHub`](super::GitHub).
    GitHub,
}

/// The file of a report.
#[derive(Debug)]
pub struct ReportFile<W> {
    /// Name of the file in errors.
    pub name: String,
    /// The opened file.
    pub out: W,
    /// Folder for attachments, if the report may create files next to its own.
    pub attachments: Option<PathBuf>,
    /// True if the report leaves out what passed.
    pub failures_only: bool,
}

impl ReportKind {
    /// All kinds.
    pub const ALL: [Self; 9] = [
        Self::Junit,
        Self::Messages,
        Self::Html,
        Self::Timeline,
        Self::Trace,
        Self::Json,
        Self::Rerun,
        Self::History,
        Self::GitHub,
    ];

    /// Returns the name of the kind in `--report KIND=FILE`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Junit => "junit",
            Self::Messages => "messages",
            Self::Html => "html",
            Self::Timeline => "timeline",
            Self::Trace => "trace",
            Self::Json => "json",
            Self::Rerun => "rerun",
            Self::History => "history",
            Self::GitHub => "github",
        }
    }

    /// True if the report needs the parsed feature files.
    pub fn needs_documents(self) -> bool {
        matches!(self, Self::Messages | Self::Html | Self::Json)
    }

    /// True if this build can write the report.
    pub fn is_available(self) -> bool {
        self != Self::Html || cfg!(feature = "html-report")
    }

    /// Adds a report of this kind. Adds nothing if this build cannot write it, or if the report does not
    /// write a single file.
    pub fn add_to(
        self,
        reports: &mut ReporterSet,
        file: ReportFile<impl Write + 'static>,
        metadata: &RunMetadata,
    ) {
        let ReportFile { name, out, attachments, failures_only } = file;
        match self {
            Self::Junit => {
                let report = Junit::new(out);
                match attachments {
                    Some(folder) => reports.add(name, report.with_attachments(folder)),
                    None => reports.add(name, report),
                }
            }
            Self::Messages => reports.add(name, Messages::new(out, metadata.clone())),
            #[cfg(feature = "html-report")]
            Self::Html => {
                let metadata = metadata.clone();
                reports.add(
                    name,
                    match failures_only {
                        true => Html::failures_only(out, metadata),
                        false => Html::new(out, metadata),
                    },
                );
            }
            #[cfg(not(feature = "html-report"))]
            Self::Html => drop((out, failures_only)),
            Self::Timeline => reports.add(name, Timeline::new(out, WorkspacePaths::current())),
            Self::Trace => reports.add(name, Trace::new(out)),
            Self::Json => reports.add(name, CucumberJson::new(out, metadata)),
            Self::Rerun => reports.add(name, Rerun::new(out, metadata.rerun_options.clone())),
            Self::History | Self::GitHub => {}
        }
    }
}
