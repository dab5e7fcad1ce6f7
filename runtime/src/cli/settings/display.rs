//! Options for the output of a run, shared by `run` and `harmony`.

use std::path::{Path, PathBuf};

use super::color::ColorOption;
use super::report_spec::ReportSpec;
use super::value_parsers::parse_path;
use crate::config::{ConfigError, ConfigErrors, ConfigProblem, Source, Values};
use crate::report::{ReportKind, Verbosity};

/// The output of a run.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Output")]
pub(in crate::cli) struct DisplaySettings {
    /// Show every step with its duration, log and output
    #[arg(long, short)]
    verbose: bool,
    /// Show only failures and the summary
    #[arg(long, short)]
    quiet: bool,
    /// Output format: pretty (one line per scenario) or progress (one updating line)
    #[arg(
        long,
        short,
        value_name = "FORMAT",
        default_value = "pretty",
        hide_possible_values = true
    )]
    pub(in crate::cli) format: Format,
    #[command(flatten)]
    pub(in crate::cli) color: ColorOption,
    #[arg(long, value_name = "KIND=FILE", help = report_help())]
    report: Vec<ReportSpec>,
    /// File that lists what to rerun (default: below the target folder)
    #[arg(long, value_name = "FILE", value_parser = parse_path)]
    pub(in crate::cli) rerun_file: Option<PathBuf>,
    /// Print step timings and the slowest steps
    #[arg(long)]
    pub(in crate::cli) stats: bool,
}

fn report_help() -> String {
    let mut names = ReportKind::ALL.map(ReportKind::name).to_vec();
    let last = names.pop().unwrap_or_default();
    format!("Write a report: {} or {last} (repeatable)", names.join(", "))
}

/// The format of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(in crate::cli) enum Format {
    Pretty,
    Progress,
}

impl DisplaySettings {
    /// Returns the amount of output.
    pub(in crate::cli) fn verbosity(&self) -> Verbosity {
        match (self.quiet, self.verbose) {
            (true, _) => Verbosity::Quiet,
            (false, true) => Verbosity::Verbose,
            (false, false) => Verbosity::Normal,
        }
    }

    /// Returns the reports that were asked for.
    pub(in crate::cli) fn reports(&self) -> &[ReportSpec] {
        &self.report
    }

    /// Returns the reports to write: those that were asked for, and that of the CI system, unless a
    /// report takes its output.
    pub(in crate::cli) fn reports_with_ci(&self) -> Vec<ReportSpec> {
        let mut reports = self.report.clone();
        let is_github = std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true");
        let is_taken = |spec: &ReportSpec| {
            spec.kind == ReportKind::GitHub
                || spec.path == Path::new("-")
                || spec.path.starts_with("/dev")
        };
        if is_github && !reports.iter().any(is_taken) {
            reports.push(ReportSpec::github());
        }
        reports
    }

    /// True if a report needs the parsed feature files.
    pub(in crate::cli) fn needs_documents(&self) -> bool {
        self.report.iter().any(ReportSpec::needs_documents)
    }

    /// # Errors
    /// [`ConfigProblem::Conflict`] if both `quiet` and `verbose` are set.
    pub(super) fn check_conflicts(&self, values: &Values) -> Result<(), ConfigErrors> {
        if !(self.quiet && self.verbose) {
            return Ok(());
        }
        Err(conflict(values, "quiet", "verbose", "--quiet conflicts with --verbose"))
    }
}

/// Returns the error for two settings that contradict each other; `first` gives the source.
pub(super) fn conflict(
    values: &Values,
    first: &str,
    second: &str,
    problem: &'static str,
) -> ConfigErrors {
    let source = match values.source(first) {
        Source::CommandLine(_) => Source::CommandLine(format!("--{first} and --{second}")),
        other => other,
    };
    ConfigError { source, problem: ConfigProblem::Conflict(problem) }.into()
}
