//! The functions that run a command line.

use std::ffi::OsString;
use std::process::ExitCode;

use super::error::CommandError;
use super::run_setup::RunSetup;
use super::{
    check, completions, config_show, fmt, harmony, man, mutate, replay, report_flaky, report_merge,
    run, serve, steps,
};
use crate::cli::output::print_stdout;
use crate::cli::settings::{
    ConfigCommand, Invocation, ReportCommand, SuiteCommand, UsageError, parse, parse_run,
};
use crate::local::supervise;

/// Runs the command line of this process; [`main!`](crate::main) calls it.
pub fn main() -> ExitCode {
    let invocation = parse(std::env::args_os().skip(1).collect()).map_err(|error| match error {
        UsageError::NoCommand { .. } | UsageError::CommandLine(_) if is_test_target() => {
            UsageError::TestTarget
        }
        other => other,
    });
    let runs_scenarios =
        matches!(&invocation, Ok(Invocation { command: SuiteCommand::Run(_), .. }));
    let run = || exit_code(invocation.map_err(CommandError::from).and_then(execute));
    // The other commands run no step in this process.
    if runs_scenarios { supervise(run) } else { run() }
}

/// True if cargo or nextest runs this binary as a test: cargo builds tests in the folder `deps`, and
/// other binaries beside it.
fn is_test_target() -> bool {
    let is_run_by_cargo = ["CARGO", "NEXTEST"].iter().any(|name| std::env::var_os(name).is_some());
    is_run_by_cargo
        && std::env::current_exe()
            .is_ok_and(|path| path.parent().is_some_and(|folder| folder.ends_with("deps")))
}

/// Runs a command line without the program's name, for a binary that has its own commands.
///
/// Standard output and signals belong to the whole process: run one command line at a time.
pub fn main_with(arguments: impl IntoIterator<Item = impl Into<OsString>>) -> ExitCode {
    let arguments = arguments.into_iter().map(Into::into).collect();
    exit_code(parse(arguments).map_err(CommandError::from).and_then(execute))
}

/// Runs the command `run` with a custom [`RunSetup`]; `arguments` are those that follow `run`.
///
/// A [`Report`](crate::cli::Report) is a reporter; the [guide](crate::guide::reporters) writes one.
///
/// ```no_run
/// use harmony_bdd::cli::{RunSetup, run_with};
///
/// fn main() -> std::process::ExitCode {
///     run_with(RunSetup::default(), std::env::args_os().skip(1))
/// }
/// ```
pub fn run_with(
    setup: RunSetup,
    arguments: impl IntoIterator<Item = impl Into<OsString>>,
) -> ExitCode {
    let arguments = arguments.into_iter().map(Into::into).collect();
    let command = parse_run(arguments).map_err(CommandError::from);
    exit_code(command.and_then(|command| run::run(&command, setup)))
}

fn execute(Invocation { command, sources }: Invocation) -> Result<ExitCode, CommandError> {
    match command {
        SuiteCommand::Run(command) => run::run(&command, RunSetup::default()),
        SuiteCommand::Harmony(command) => harmony::harmony(&command, &sources),
        SuiteCommand::Replay(options) => replay::replay(&options, &sources),
        SuiteCommand::Serve(options) => serve::serve(&options, &sources),
        SuiteCommand::Check(command) => check::check(&command),
        SuiteCommand::Mutate(command) => mutate::mutate(&command, &sources),
        SuiteCommand::Config(ConfigCommand::Show(_)) => config_show::show(&sources),
        SuiteCommand::Report(ReportCommand::Merge(options)) => report_merge::merge(&options),
        SuiteCommand::Fmt(options) => fmt::fmt(&options),
        #[cfg(feature = "lsp")]
        SuiteCommand::Lsp(options) => super::language_server::lsp(options),
        SuiteCommand::Report(ReportCommand::Flaky(options)) => report_flaky::flaky(&options),
        SuiteCommand::Steps { json } => steps::steps(json),
        SuiteCommand::Completions { shell } => Ok(completions::completions(shell)),
        SuiteCommand::Man { command } => man::man(command.as_deref()),
        // `parse` returns the help as a text.
        SuiteCommand::Help { .. } => Ok(ExitCode::SUCCESS),
    }
}

fn exit_code(result: Result<ExitCode, CommandError>) -> ExitCode {
    match result {
        Ok(code) => code,
        Err(CommandError::Usage(UsageError::Print(text))) => print_stdout(text),
        Err(error) => error.print(),
    }
}
