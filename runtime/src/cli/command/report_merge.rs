//! `report merge`: merges reports, such as those of the shards of a suite.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use super::error::CommandError;
use crate::cli::output::{OutputError, create_parent, is_stdout};
use crate::cli::settings::{MergeOptions, MergeOutput};
use crate::report::ReportKind;
use crate::report::merge::{self, IncompleteInputs, MergeInput, MergeKind};

pub(super) fn merge(options: &MergeOptions) -> Result<ExitCode, CommandError> {
    let (mut junit, mut messages) = (Vec::new(), Vec::new());
    for path in &options.inputs {
        let text = fs::read_to_string(path)
            .map_err(|error| CommandError::MergeInput { path: path.clone(), error })?;
        let input = MergeInput { name: path.display().to_string(), text };
        let kind = match input.detect_kind() {
            // An empty file can be of any kind, and is missing in each of them.
            Err(_) if options.partial && input.text.trim().is_empty() => {
                junit.push(input.clone());
                messages.push(input);
                continue;
            }
            kind => kind?,
        };
        if options.report.iter().all(|output| output.input_kind() != kind) {
            return Err(CommandError::UnusedInput { input: input.name, kind });
        }
        match kind {
            MergeKind::Junit => junit.push(input),
            MergeKind::Messages => messages.push(input),
        }
    }
    for output in &options.report {
        let kind = output.input_kind();
        let inputs = match kind {
            MergeKind::Junit => &junit,
            MergeKind::Messages => &messages,
        };
        if inputs.iter().all(|input| input.text.trim().is_empty()) {
            return Err(CommandError::NoInput { path: output.0.path.clone(), kind });
        }
    }
    let incomplete = match options.partial {
        true => IncompleteInputs::Accept,
        false => IncompleteInputs::Refuse,
    };
    let (junit, messages) =
        (merge::merge_junit(&junit, incomplete)?, merge::merge_messages(&messages, incomplete)?);
    let kinds: Vec<_> = options.report.iter().map(MergeOutput::input_kind).collect();
    let warnings = [(MergeKind::Junit, &junit), (MergeKind::Messages, &messages)];
    for (_, report) in warnings.iter().filter(|(kind, _)| kinds.contains(kind)) {
        for error in &report.incomplete {
            // The exit code does not depend on the warning.
            let _ = writeln!(io::stderr(), "warning: incomplete report: {error}");
        }
    }
    let merged = MergedReports { junit: junit.text, messages: messages.text };
    for output in &options.report {
        merged
            .write(output)
            .map_err(|error| OutputError::Report { path: output.0.path.clone(), error })?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The merged reports.
struct MergedReports {
    junit: String,
    messages: String,
}

impl MergedReports {
    fn write(&self, MergeOutput(spec): &MergeOutput) -> io::Result<()> {
        match spec.kind {
            ReportKind::Junit => write_report(&spec.path, &self.junit),
            ReportKind::Messages => write_report(&spec.path, &self.messages),
            #[cfg(feature = "html-report")]
            ReportKind::Html => {
                let mut page = Vec::new();
                crate::report::write_html(&mut page, &self.messages)?;
                write_report(&spec.path, page)
            }
            // The parser of the option rejects all other kinds.
            _ => Ok(()),
        }
    }
}

/// Writes a report to a file, whose folder is created if it is missing, or to standard output.
fn write_report(path: &Path, content: impl AsRef<[u8]>) -> io::Result<()> {
    if is_stdout(path) {
        return io::stdout().write_all(content.as_ref());
    }
    create_parent(path)?;
    fs::write(path, content)
}
