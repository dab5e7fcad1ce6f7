//! The report files of a run.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use super::error::OutputError;
use crate::cli::settings::ReportSpec;
use crate::report::history::History;
use crate::report::{
    GitHub, REPORT_BUFFER_BYTES, ReportFile, ReportKind, ReporterSet, RunMetadata,
};

/// The paths of standard output. While output is captured, opening one of them leads to the capture.
const STDOUT_PATHS: [&str; 4] = ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];

/// The paths of standard error.
const STDERR_PATHS: [&str; 3] = ["/dev/stderr", "/dev/fd/2", "/proc/self/fd/2"];

/// Standard output and standard error of the process, also while output is captured.
#[derive(Debug)]
pub(in crate::cli) struct RealStdio {
    pub(in crate::cli) stdout: File,
    pub(in crate::cli) stderr: File,
}

impl RealStdio {
    /// Returns the stream for the terminal reports: standard error if a report goes to standard output.
    ///
    /// # Errors
    /// [`OutputError::Stdout`] if the stream cannot be used.
    pub(in crate::cli) fn terminal(&self, specs: &[ReportSpec]) -> Result<File, OutputError> {
        let stream = match specs.iter().any(|spec| is_stdout(&spec.path)) {
            true => &self.stderr,
            false => &self.stdout,
        };
        stream.try_clone().map_err(OutputError::Stdout)
    }
}

/// True if the path is standard output.
pub(in crate::cli) fn is_stdout(path: &Path) -> bool {
    STDOUT_PATHS.iter().any(|known| path == Path::new(known))
}

/// Opens every file and adds its report, so that a file that cannot be written is an error before the
/// run. Missing folders are created.
///
/// # Errors
/// All files that cannot be written.
pub(in crate::cli) fn open_report_files(
    specs: &[ReportSpec],
    metadata: &RunMetadata,
    stdio: &RealStdio,
    reports: &mut ReporterSet,
) -> Result<(), OutputError> {
    let mut errors = Vec::new();
    for (index, spec) in specs.iter().enumerate() {
        let path = &spec.path;
        let is_same = |before: &ReportSpec| {
            before.path == *path || (is_stdout(&before.path) && is_stdout(path))
        };
        if specs[..index].iter().any(is_same) {
            errors.push(OutputError::SharedReport(path.clone()));
            continue;
        }
        let added = match spec.kind {
            ReportKind::History => {
                History::open(path).map(|report| reports.add(path.display().to_string(), report))
            }
            ReportKind::GitHub => add_github(path, stdio, reports),
            _ => open(path, stdio).map(|file| {
                let file = ReportFile {
                    name: path.display().to_string(),
                    out: BufWriter::with_capacity(REPORT_BUFFER_BYTES, file),
                    attachments: attachments(path),
                    failures_only: spec.failures_only,
                };
                spec.kind.add_to(reports, file, metadata);
            }),
        };
        match added {
            Ok(()) => {}
            Err(error) => errors.push(OutputError::Report { path: path.clone(), error }),
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(OutputError::Several(errors)) }
}

fn open(path: &Path, stdio: &RealStdio) -> io::Result<File> {
    if is_stdout(path) {
        return stdio.stdout.try_clone();
    }
    if STDERR_PATHS.iter().any(|known| path == Path::new(known)) {
        return stdio.stderr.try_clone();
    }
    create_parent(path)?;
    File::create(path)
}

/// Creates the folder of a file, if it is missing.
pub(in crate::cli) fn create_parent(path: &Path) -> io::Result<()> {
    match path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        Some(parent) => fs::create_dir_all(parent),
        None => Ok(()),
    }
}

/// Adds the report for GitHub: workflow commands on standard output, and the summary in `path` or else
/// in the file that the job names.
fn add_github(path: &Path, stdio: &RealStdio, reports: &mut ReporterSet) -> io::Result<()> {
    let commands = BufWriter::new(stdio.stdout.try_clone()?);
    let of_job = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty());
    let summary: Box<dyn io::Write> = match (path.as_os_str().is_empty(), of_job) {
        (false, _) => Box::new(BufWriter::new(open(path, stdio)?)),
        (true, Some(path)) => {
            Box::new(BufWriter::new(OpenOptions::new().create(true).append(true).open(path)?))
        }
        (true, None) => Box::new(io::sink()),
    };
    reports.add("github", GitHub::new(commands, summary));
    Ok(())
}

/// Returns the folder of the attachments, which is next to the report: `out-attachments` for `out.xml`.
fn attachments(path: &Path) -> Option<PathBuf> {
    if path.starts_with("/dev") || path.starts_with("/proc") || is_stdout(path) {
        return None;
    }
    let mut folder = path.file_stem().unwrap_or_default().to_owned();
    folder.push("-attachments");
    Some(path.with_file_name(folder))
}
