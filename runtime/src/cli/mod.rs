//! The command line of a suite: `run`, `serve`, `steps` and what else a binary can do.
//!
//! Exit codes: 0 everything asked for ran and passed; 1 something did not pass, or nothing ran;
//! 2 the command line, a path, a feature file or the registry is wrong; 130 stopped by Ctrl-C.

mod args;
mod check;
mod config;
mod coverage;
mod harmony;
mod harmony_settings;
mod interrupt;
mod libtest;
mod listen;
mod matrix_files;
mod options;
mod report;
mod reports;
mod run;
mod run_settings;
mod serve;
mod settings;
mod steps;
mod watch;

use std::ffi::OsString;
use std::io::Write as _;
use std::process::ExitCode;

use args::{Command, UsageError};

use crate::engine::Registry;

pub use libtest::{test_main, test_main_with};

/// Exit code when something did not pass, or nothing ran.
pub const EXIT_FAILED: u8 = 1;
/// Exit code when the command line, a path, a feature file or the registry is wrong.
pub const EXIT_USAGE: u8 = 2;
/// Exit code when Ctrl-C ended the run.
pub const EXIT_INTERRUPTED: u8 = 130;

/// Runs the command line of this process; what [`main!`](crate::main) calls.
pub fn main() -> ExitCode {
    main_with(std::env::args_os().skip(1).collect())
}

/// Runs a command line without the program's name, for a binary that does more than this crate's.
///
/// One of them at a time: standard output and signals belong to the whole process.
pub fn main_with(arguments: Vec<OsString>) -> ExitCode {
    match args::parse(arguments) {
        Ok(Command::Help) => say(&args::help()),
        Ok(Command::Version) => say(concat!("harmony-bdd ", env!("CARGO_PKG_VERSION"), "\n")),
        Ok(Command::Run(options)) => run::run(options),
        Ok(Command::Harmony(options)) => harmony::harmony(&options),
        Ok(Command::Serve(options)) => serve::serve(&options),
        Ok(Command::ConfigShow(options)) => config::show(&options),
        Ok(Command::Check(options)) => check::run(options),
        Ok(Command::Report(args)) => report::run(&args),
        Ok(Command::Steps { json }) => steps::steps(json),
        Err(UsageError(message)) => refuse(format_args!("{message}\n\ntry `--help`")),
    }
}

/// Runs the command `run` with the definitions, hooks and fixtures of `registry` instead of all that
/// are linked; `arguments` are the words behind `run`.
pub fn run_with(registry: Registry, arguments: Vec<OsString>) -> ExitCode {
    match args::parse_run(arguments) {
        Ok(Command::Run(options)) => run::run_with(registry, options),
        Ok(_) => say(&args::help()),
        Err(UsageError(message)) => refuse(format_args!("{message}\n\ntry `--help`")),
    }
}

fn say(text: &str) -> ExitCode {
    match std::io::stdout().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(EXIT_FAILED),
    }
}

/// One clear error on stderr and the exit code for it.
fn refuse(message: impl std::fmt::Display) -> ExitCode {
    // Nobody is left to tell when stderr is gone; the exit code still says it.
    let _ = writeln!(std::io::stderr(), "error: {message}");
    ExitCode::from(EXIT_USAGE)
}
