//! `report merge`: merges reports, such as those of the shards of a suite.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use super::error::CommandError;
use crate::cli::output::{OutputError, create_parent, is_stdout};
use crate::cli::settings::{MergeOptions, MergeOutput};
use crate::report::merge::{self, IncompleteInputs, MergeInput, MergeKind};
use crate::report::{ReportKind, write_timeline};

pub(super) fn merge(options: &MergeOptions) -> Result<ExitCode, CommandError> {
    let inputs = read_inputs(options)?;
    let incomplete = match options.partial {
        true => IncompleteInputs::Accept,
        false => IncompleteInputs::Refuse,
    };
    let mut merged = MergedReports::default();
    for kind in MergeKind::ALL {
        let outputs = || options.report.iter().filter(move |output| output.input_kind() == kind);
        let Some(output) = outputs().next() else { continue };
        let inputs = &inputs[kind as usize];
        if inputs.iter().all(|input| input.text.trim().is_empty()) {
            return Err(CommandError::NoInput { path: output.0.path.clone(), kind });
        }
        let report = match kind {
            MergeKind::Junit => merge::merge_junit(inputs, incomplete),
            MergeKind::Messages => merge::merge_messages(inputs, incomplete),
            MergeKind::Timeline => merge::merge_timelines(inputs, incomplete),
        };
        let report = report?;
        for error in &report.incomplete {
            // The exit code does not depend on the warning.
            let _ = writeln!(io::stderr(), "warning: incomplete report: {error}");
        }
        merged.texts[kind as usize] = report.text;
    }
    for output in &options.report {
        merged
            .write(output)
            .map_err(|error| OutputError::Report { path: output.0.path.clone(), error })?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads the inputs, by their kind in the order of [`MergeKind::ALL`].
fn read_inputs(
    options: &MergeOptions,
) -> Result<[Vec<MergeInput>; MergeKind::ALL.len()], CommandError> {
    let mut inputs = MergeKind::ALL.map(|_| Vec::new());
    for path in &options.inputs {
        let text = fs::read_to_string(path)
            .map_err(|error| CommandError::MergeInput { path: path.clone(), error })?;
        let input = MergeInput { name: path.display().to_string(), text };
        let kind = match input.detect_kind() {
            // An empty file can be of any kind, and is missing in each of them.
            Err(_) if options.partial && input.text.trim().is_empty() => {
                inputs.iter_mut().for_each(|inputs| inputs.push(input.clone()));
                continue;
            }
            kind => kind?,
        };
        if options.report.iter().all(|output| output.input_kind() != kind) {
            return Err(CommandError::UnusedInput { input: input.name, kind });
        }
        inputs[kind as usize].push(input);
    }
    Ok(inputs)
}

/// The merged reports, in the order of [`MergeKind::ALL`].
#[derive(Default)]
struct MergedReports {
    texts: [String; MergeKind::ALL.len()],
}

impl MergedReports {
    fn write(&self, output: &MergeOutput) -> io::Result<()> {
        let text = &self.texts[output.input_kind() as usize];
        let path = &output.0.path;
        match output.0.kind {
            #[cfg(feature = "html-report")]
            ReportKind::Html => {
                let mut page = Vec::new();
                crate::report::write_html(&mut page, text)?;
                write_report(path, page)
            }
            ReportKind::Timeline => {
                let mut page = Vec::new();
                write_timeline(&mut page, text)?;
                write_report(path, page)
            }
            // The parser of the option rejects all kinds that cannot be merged.
            _ => write_report(path, text),
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
