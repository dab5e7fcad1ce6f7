//! Errors of commands.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::cli::exit_code::{EXIT_FAILED, EXIT_USAGE};
use crate::cli::output::OutputError;
use crate::cli::settings::UsageError;
use crate::config::ConfigErrors;
use crate::engine::RegistryError;
use crate::harmony::combinations::InvalidCombination;
use crate::harmony::runner::FaultPlanError;
use crate::local::SelectError;
use crate::report::history::HistoryError;
use crate::report::merge::{MergeError, MergeKind};
use crate::text::pluralize;

/// A command that cannot run, or whose output is incomplete.
#[derive(Debug, thiserror::Error)]
pub(super) enum CommandError {
    /// The command line is wrong.
    #[error(transparent)]
    Usage(#[from] UsageError),
    /// Settings are wrong.
    #[error(transparent)]
    Config(#[from] ConfigErrors),
    /// The editor broke the protocol.
    #[cfg(feature = "lsp")]
    #[error(transparent)]
    LanguageServer(#[from] crate::lsp::LanguageServerError),
    /// An environment variable has an invalid value.
    #[error("{0}")]
    Variable(String),
    /// There are no step definitions.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// A path, a feature file or a selector is wrong, or nothing is selected.
    #[error(transparent)]
    Select(#[from] SelectError),
    /// The configuration of platforms is wrong.
    #[error(transparent)]
    Platforms(#[from] crate::harmony::plan::config_error::PlatformConfigError),
    /// A combination of platforms is invalid.
    #[error(transparent)]
    Combination(#[from] InvalidCombination),
    /// Faults cannot strike a scenario.
    #[error(transparent)]
    Faults(#[from] FaultPlanError),
    /// Several options choose the platforms.
    #[error("use only one of --combo, --platforms or a positional combination: {0}")]
    SeveralCombinations(String),
    /// No selected scenario runs in compat mode.
    #[error("no selected scenario names a process (required in compat mode)")]
    NoProcess,
    /// None of many steps is defined.
    #[error(
        "no step of these features is defined in this suite: {scenarios} in {files}\n \
         --> {first}\n  \
         = help: are these the features of this suite? name a file or a folder to run others\n  \
         = help: `{program} steps` lists its {definitions}, and `{program} check` suggests \
         definitions for the missing steps",
        scenarios = pluralize(*.scenarios, "scenario"),
        files = pluralize(*.files, "feature file"),
        definitions = pluralize(*.definitions, "step definition"),
        first = .first.display()
    )]
    ForeignFeatures {
        /// Number of scenarios.
        scenarios: usize,
        /// Number of feature files.
        files: usize,
        /// First feature file.
        first: PathBuf,
        /// Number of step definitions.
        definitions: usize,
        /// Name of this program.
        program: String,
    },
    /// Scenarios cannot run in other processes.
    #[error(
        "--isolation process starts this program again, which needs a `main` by `harmony_bdd::main!` or \
         `harmony_bdd::test_main!`"
    )]
    NotRestartable,
    /// A history cannot be read.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// An output cannot be used.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// The folder of log files cannot be used.
    #[error(transparent)]
    Logs(#[from] crate::harmony::log_file::LogFileError),
    /// There is nothing to replay.
    #[error(transparent)]
    Trace(#[from] crate::harmony::replay::TraceError),
    /// The process of a replay cannot be started.
    #[error("cannot start the process of platform `{platform}`: {reason}")]
    ReplayProcess {
        /// The platform.
        platform: String,
        /// Reason.
        reason: io::Error,
    },
    /// Reports that could not be completed.
    #[error("{}", .0.join("\nerror: "))]
    IncompleteReports(Vec<String>),
    /// A signal handler or thread cannot be started.
    #[error("cannot install a Ctrl-C handler: {0}")]
    SignalHandler(io::Error),
    /// The output of steps cannot be captured.
    #[error("cannot capture the output of steps: {0}")]
    Capture(io::Error),
    /// The system refuses a thread.
    #[error("run aborted: {0}")]
    Run(io::Error),
    /// Feature files cannot be watched.
    #[error("cannot watch the feature files: {0}")]
    Watch(io::Error),
    /// The standard input of `fmt -` cannot be read.
    #[error("cannot read standard input: {0}")]
    Stdin(io::Error),
    /// The standard input of `fmt -` cannot be formatted.
    #[error(transparent)]
    Format(#[from] crate::gherkin::FormatError),
    /// An input of `report merge` cannot be read.
    #[error("{path}: cannot read this report: {error}", path = .path.display())]
    MergeInput {
        /// The input.
        path: PathBuf,
        /// Reason.
        error: io::Error,
    },
    /// The inputs of `report merge` cannot be merged.
    #[error(transparent)]
    Merge(#[from] MergeError),
    /// No output of `report merge` is made of this input.
    #[error("{input}: is {}, and no --report {} is given", kind_name(*.kind), outputs_of(*.kind))]
    UnusedInput {
        /// The input.
        input: String,
        /// Kind of the input.
        kind: MergeKind,
    },
    /// No input of `report merge` is of the kind of this output.
    #[error("{path}: no input is {}", kind_name(*.kind), path = .path.display())]
    NoInput {
        /// The output.
        path: PathBuf,
        /// Kind of the inputs.
        kind: MergeKind,
    },
    /// The file of `--baseline` cannot be read.
    #[error("{path}: cannot read this baseline: {reason}", path = .path.display())]
    Baseline {
        /// The file.
        path: PathBuf,
        /// Reason.
        reason: String,
    },
    /// No mutant has an id of `--only`.
    #[error("no mutant of the selected scenarios has the id {0}")]
    UnknownMutant(String),
    /// `man` is asked for an unknown command.
    #[error("unknown command '{name}'; expected one of: {known}")]
    UnknownCommand {
        /// The name.
        name: String,
        /// All commands.
        known: String,
    },
}

fn kind_name(kind: MergeKind) -> &'static str {
    match kind {
        MergeKind::Junit => "JUnit XML",
        MergeKind::Messages => "Cucumber Messages",
        MergeKind::Timeline => "timeline",
    }
}

fn outputs_of(kind: MergeKind) -> &'static str {
    match kind {
        MergeKind::Junit => "junit=FILE",
        MergeKind::Messages => "messages=FILE or html=FILE",
        MergeKind::Timeline => "timeline=FILE",
    }
}

impl CommandError {
    /// Returns the exit code: a selection without scenarios is a failure, all else is an error.
    fn exit_code(&self) -> u8 {
        match self {
            Self::Select(error) if error.is_empty_selection() => EXIT_FAILED,
            Self::NoProcess | Self::ForeignFeatures { .. } => EXIT_FAILED,
            _ => EXIT_USAGE,
        }
    }

    /// Prints the error on `stderr` and returns the exit code.
    pub(super) fn print_to(&self, mut stderr: impl io::Write) -> ExitCode {
        // Without stderr the exit code alone reports the error.
        let _ = writeln!(stderr, "error: {self}");
        ExitCode::from(self.exit_code())
    }

    /// Prints the error on standard error and returns the exit code.
    pub(super) fn print(&self) -> ExitCode {
        self.print_to(io::stderr())
    }
}
