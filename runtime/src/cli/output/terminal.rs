//! Standard output: the reports of a run, and the texts of other commands.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write as _};
use std::process::ExitCode;

use super::error::OutputError;
use crate::cli::exit_code::EXIT_FAILED;
use crate::cli::settings::{DisplaySettings, Format};
use crate::local::RunOutput;
use crate::report::{
    self, ClosingNotes, Pretty, Progress, ReporterSet, RerunCommand, Stats, Style, Terminal,
    Verbosity,
};

/// Name of the reports on the terminal in errors.
pub(in crate::cli) const STDOUT: &str = "standard output";

/// The settings of the terminal reports of one run.
#[derive(Debug)]
pub(in crate::cli) struct TerminalOptions<'a> {
    pub(in crate::cli) display: &'a DisplaySettings,
    /// Command that reruns a scenario.
    pub(in crate::cli) rerun: RerunCommand,
    /// Seed of the order, if the scenarios are shuffled.
    pub(in crate::cli) seed: Option<u64>,
    /// True if nothing but the reports writes to the terminal, so that lines can be redrawn.
    pub(in crate::cli) may_redraw: bool,
    /// What other parts add to the end of the report.
    pub(in crate::cli) notes: ClosingNotes,
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
    let TerminalOptions { display, rerun, seed, may_redraw, notes } = options;
    let style = Style::for_stream(&stdout, display.color.color);
    let terminal = match may_redraw && is_live(&stdout) {
        true => Some(Terminal::new(stdout.try_clone().map_err(OutputError::Stdout)?)),
        false => None,
    };
    // Above the end of the other report.
    if display.stats {
        reports.add(STDOUT, Stats::new(notes.clone()));
    }
    let mut out = BufWriter::new(RunOutput::new(stdout));
    if let Some(seed) = seed {
        writeln!(out, "shuffled with seed {seed}; rerun with --shuffle {seed}")
            .map_err(OutputError::Stdout)?;
    }
    match (display.format, terminal) {
        (Format::Progress, None) => {
            reports.add(STDOUT, Progress::new(out, style, rerun).closing_notes(notes));
        }
        (format, terminal) => {
            let verbosity = match format {
                Format::Progress => Verbosity::Quiet,
                Format::Pretty => display.verbosity(),
            };
            let is_gitlab = std::env::var_os("GITLAB_CI").is_some() && terminal.is_none();
            let report = Pretty::new(out, style, verbosity, rerun).gitlab_sections(is_gitlab);
            reports.add(STDOUT, report.live(terminal).closing_notes(notes));
        }
    }
    Ok(())
}

/// Returns the number of columns of `stdout`, if lines on it can be redrawn.
pub(in crate::cli) fn terminal_columns(stdout: &File) -> Option<usize> {
    let terminal = is_live(stdout).then(|| stdout.try_clone().ok()).flatten()?;
    Some(Terminal::new(terminal).columns())
}

/// Returns the number of columns of standard error, if lines on it can be redrawn.
pub(in crate::cli) fn stderr_columns() -> Option<usize> {
    is_live(&io::stderr()).then(report::stderr_columns)
}

/// Returns whether lines on `stream` can be redrawn: it is a terminal that knows control sequences, and
/// the user has not asked for output without them.
fn is_live(stream: &impl IsTerminal) -> bool {
    let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    let is_colorless = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    stream.is_terminal() && !is_dumb && !is_colorless
}

/// Prints the text of a command.
pub(in crate::cli) fn print_stdout(text: impl AsRef<[u8]>) -> ExitCode {
    match io::stdout().write_all(text.as_ref()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(EXIT_FAILED),
    }
}
