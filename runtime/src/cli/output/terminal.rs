//! Standard output: the reports of a run, and the texts of other commands.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::process::ExitCode;

use super::error::OutputError;
use crate::cli::exit_code::EXIT_FAILED;
use crate::cli::settings::{DisplaySettings, Format};
use crate::report::{Pretty, Progress, ProgressOutput, ReporterSet, RerunCommand, Stats, Style};

/// Name of the terminal reports in errors.
const STDOUT: &str = "standard output";

/// The settings of the terminal reports of one run.
#[derive(Debug)]
pub(in crate::cli) struct TerminalOptions<'a> {
    pub(in crate::cli) display: &'a DisplaySettings,
    /// Command that reruns a scenario.
    pub(in crate::cli) rerun: RerunCommand,
    /// Seed of the order, if the scenarios are shuffled.
    pub(in crate::cli) seed: Option<u64>,
}

/// Adds the reports of a run on `stdout`.
///
/// # Errors
/// [`OutputError::Stdout`] if `stdout` cannot be used.
pub(in crate::cli) fn add_terminal_reports(
    stdout: File,
    options: TerminalOptions<'_>,
    reports: &mut ReporterSet,
) -> Result<(), OutputError> {
    let TerminalOptions { display, rerun, seed } = options;
    let style = Style::for_stream(&stdout, display.color);
    let progress = ProgressOutput::for_stream(&stdout);
    let stats = match display.stats {
        true => Some(Stats::new(BufWriter::new(stdout.try_clone().map_err(OutputError::Stdout)?))),
        false => None,
    };
    let mut out = BufWriter::new(stdout);
    if let Some(seed) = seed {
        writeln!(out, "shuffled with seed {seed}; rerun with --shuffle {seed}")
            .map_err(OutputError::Stdout)?;
    }
    match display.format {
        Format::Progress => reports.add(STDOUT, Progress::new(out, style, progress, rerun)),
        Format::Pretty => reports.add(STDOUT, Pretty::new(out, style, display.verbosity(), rerun)),
    }
    // Below the other report, which ends with the summary.
    if let Some(stats) = stats {
        reports.add(STDOUT, stats);
    }
    Ok(())
}

/// Prints the text of a command.
pub(in crate::cli) fn print_stdout(text: impl AsRef<[u8]>) -> ExitCode {
    match io::stdout().write_all(text.as_ref()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(EXIT_FAILED),
    }
}
