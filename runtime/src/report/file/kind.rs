//! The kinds of report files: the one place where a report is registered.

use std::io::Write;
use std::path::PathBuf;

#[cfg(feature = "html-report")]
use super::Html;
use super::{Junit, Rerun, Timeline};
use crate::report::messages::Messages;
use crate::report::{ReporterSet, RunMetadata};

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
    /// The locations of failed scenarios.
    Rerun,
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
}

impl ReportKind {
    /// All kinds.
    pub const ALL: [Self; 5] =
        [Self::Junit, Self::Messages, Self::Html, Self::Timeline, Self::Rerun];

    /// Returns the name of the kind in `--report KIND=FILE`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Junit => "junit",
            Self::Messages => "messages",
            Self::Html => "html",
            Self::Timeline => "timeline",
            Self::Rerun => "rerun",
        }
    }

    /// True if the report needs the parsed feature files.
    pub fn needs_documents(self) -> bool {
        matches!(self, Self::Messages | Self::Html)
    }

    /// True if this build can write the report.
    pub fn is_available(self) -> bool {
        self != Self::Html || cfg!(feature = "html-report")
    }

    /// Adds a report of this kind. Adds nothing if this build cannot write it.
    pub fn add_to(
        self,
        reports: &mut ReporterSet,
        file: ReportFile<impl Write + 'static>,
        metadata: &RunMetadata,
    ) {
        let ReportFile { name, out, attachments } = file;
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
            Self::Html => reports.add(name, Html::new(out, metadata.clone())),
            #[cfg(not(feature = "html-report"))]
            Self::Html => {}
            Self::Timeline => reports.add(name, Timeline::new(out)),
            Self::Rerun => reports.add(name, Rerun::new(out, metadata.rerun_options.clone())),
        }
    }
}
