//! From words on the command line to a command; plain data, nothing runs here.

use std::ffi::OsString;
use std::time::Duration;

use lexopt::prelude::*;

use super::check::CHECK;
use super::harmony_settings::HARMONY;
use super::options::{self, Options};
use super::report::{self, ReportArgs};
use super::run_settings::{LOG_LEVELS, RUN};
use crate::observe::LevelFilter;

/// What to do.
#[derive(Debug)]
pub(super) enum Command {
    Run(Options),
    Harmony(Options),
    Serve(ServeArgs),
    Check(Options),
    ConfigShow(Options),
    Report(ReportArgs),
    Steps { json: bool },
    Help,
    Version,
}

/// `serve`: answer a Harmony runner on stdin and stdout.
#[derive(Debug, Default)]
pub(super) struct ServeArgs {
    pub(super) step_timeout: Option<Duration>,
    /// Where settings of the suite may be.
    pub(super) options: Options,
    pub(super) log: Option<LevelFilter>,
}

/// A command line that means nothing, in one sentence.
#[derive(Debug)]
pub(super) struct UsageError(pub(super) String);

const COMMANDS: [&str; 8] =
    ["run", "serve", "harmony", "check", "config", "report", "steps", "help"];

/// What `--help` prints.
pub(super) fn help() -> String {
    format!(
        "\
Usage: SUITE COMMAND [OPTIONS] [SELECTOR…]

Commands:
  run     play scenarios in this process; without a selector all of features/
  serve   answer a Harmony runner on stdin and stdout (JSON-RPC)
  harmony play scenarios across processes, one for each role, in every combination of platforms
  check   say what is wrong with features and definitions without running anything
  config  `config show` prints every setting with its value and where it comes from
  report  `report merge` makes one report of those of several runs; see `report --help`
  steps   list the step definitions of this binary with their places
  help    print this text

Selectors:
  features/ a.feature   a folder or a file
  a.feature:12:30       the scenarios, or the outline rows, at those lines
  1.1                   scenarios with this number in their name
  1                     the feature file whose name begins with this number
  Basic                 scenarios or files with this word in their name

Options of run:
{}
Options of harmony:
{}
Platforms of harmony stand in harmony-config.json, or in the file that HARMONY_CONFIG_PATH names;
`rust`, this binary itself, is always there. A word such as rust_python is the short form of --combo.

Options of check:
{}
Options of steps:
      --json             for programs

Options of serve:
      --step-timeout S   deadline of a step in seconds (default: 30)
      --config FILE      as of run
      --set S.NAME=VALUE as of run
      --log LEVEL        attach what steps tell `tracing`, up to this level, to their reply (default:
                         what HARMONY_BDD_LOG says, or else info)

Settings of the suite itself: `config show` lists them with those of the commands.

Every option of run and harmony can stand in harmony.toml, sections [run] and [harmony], and in
the environment:
--step-timeout is HARMONY_BDD_STEP_TIMEOUT. The command line wins over the environment, and the
environment over the file.

Exit codes: 0 all passed; 1 something did not pass, or nothing ran;
            2 wrong command line, path, feature file or registry; 130 stopped by Ctrl-C

Examples:
  cargo run -- run
  cargo run -- run features/01-BasicCommunication.feature:12
  cargo run -- run -v 1.1
  cargo run -- harmony --platforms rust features/
  cargo run -- check --platforms rust,python features/
  cargo run -- run --tags '@ring and not @slow' --report junit=report.xml
",
        options::describe(&RUN),
        options::describe(&HARMONY),
        options::describe(&CHECK)
    )
}

/// Reads a command line without the program's name.
pub(super) fn parse(arguments: Vec<OsString>) -> Result<Command, UsageError> {
    let mut words = lexopt::Parser::from_args(arguments);
    match words.next()? {
        None | Some(Short('h') | Long("help")) => Ok(Command::Help),
        Some(Short('V') | Long("version")) => Ok(Command::Version),
        Some(Value(command)) => match command.string()?.as_str() {
            "run" => run(&mut words),
            "harmony" => match options::read(&mut words, &HARMONY)? {
                Options { help: true, .. } => Ok(Command::Help),
                options => Ok(Command::Harmony(options)),
            },
            "serve" => serve(&mut words),
            "check" => match options::read(&mut words, &CHECK)? {
                Options { help: true, .. } => Ok(Command::Help),
                options => Ok(Command::Check(options)),
            },
            "config" => config(&mut words),
            "report" => report::parse(&mut words).map(Command::Report),
            "steps" => steps(&mut words),
            "help" => Ok(Command::Help),
            other => Err(unknown("command", other, &COMMANDS)),
        },
        Some(Short(c)) => Err(UsageError(format!("unknown option '-{c}' before the command"))),
        Some(Long(name)) => {
            Err(UsageError(format!("unknown option '--{name}' before the command")))
        }
    }
}

/// Reads what stands behind `run`.
pub(super) fn parse_run(arguments: Vec<OsString>) -> Result<Command, UsageError> {
    run(&mut lexopt::Parser::from_args(arguments))
}

fn run(words: &mut lexopt::Parser) -> Result<Command, UsageError> {
    match options::read(words, &RUN)? {
        Options { help: true, .. } => Ok(Command::Help),
        options => Ok(Command::Run(options)),
    }
}

fn serve(words: &mut lexopt::Parser) -> Result<Command, UsageError> {
    let known = ["--step-timeout", "--config", "--set", "--log", "--help"];
    let mut args = ServeArgs::default();
    while let Some(word) = words.next()? {
        match word {
            Long("step-timeout") => args.step_timeout = Some(seconds(&words.value()?.string()?)?),
            Long("config") => args.options.config = Some(words.value()?.into()),
            Long("set") => args.options.assignments.push(options::assignment(words)?),
            Long("log") => {
                let level = words.value()?.string()?;
                args.log = Some(log_level(&level).map_err(|e| UsageError(format!("--log {e}")))?);
            }
            Short('h') | Long("help") => return Ok(Command::Help),
            Short(c) => return Err(unknown("option", &format!("-{c}"), &known)),
            Long(name) => return Err(unknown("option", &format!("--{name}"), &known)),
            Value(word) => return Err(superfluous("serve", &word.string()?)),
        }
    }
    Ok(Command::Serve(args))
}

fn steps(words: &mut lexopt::Parser) -> Result<Command, UsageError> {
    let known = ["--json", "--help"];
    let mut json = false;
    while let Some(word) = words.next()? {
        match word {
            Long("json") => json = true,
            Short('h') | Long("help") => return Ok(Command::Help),
            Short(c) => return Err(unknown("option", &format!("-{c}"), &known)),
            Long(name) => return Err(unknown("option", &format!("--{name}"), &known)),
            Value(word) => return Err(superfluous("steps", &word.string()?)),
        }
    }
    Ok(Command::Steps { json })
}

/// `config show`, with a file of settings if one is named.
fn config(words: &mut lexopt::Parser) -> Result<Command, UsageError> {
    let known = ["--config", "--set", "--help"];
    let mut options = Options::default();
    let mut show = false;
    while let Some(word) = words.next()? {
        match word {
            Value(word) if word == "show" => show = true,
            Long("config") => options.config = Some(words.value()?.into()),
            Long("set") => options.assignments.push(options::assignment(words)?),
            Short('h') | Long("help") => return Ok(Command::Help),
            Value(word) => {
                return Err(unknown(
                    "command",
                    &format!("config {}", word.string()?),
                    &["config show"],
                ));
            }
            Short(c) => return Err(unknown("option", &format!("-{c}"), &known)),
            Long(name) => return Err(unknown("option", &format!("--{name}"), &known)),
        }
    }
    if show {
        Ok(Command::ConfigShow(options))
    } else {
        Err(UsageError("`config` takes `show`".to_owned()))
    }
}

fn seconds(text: &str) -> Result<Duration, UsageError> {
    let wrong = || {
        UsageError(format!("--step-timeout takes seconds above 0 and up to 86400, not {text:?}"))
    };
    let seconds: f64 = text.parse().map_err(|_| wrong())?;
    if seconds > 0.0 && seconds <= 86_400.0 {
        Ok(Duration::from_secs_f64(seconds))
    } else {
        Err(wrong())
    }
}

/// One of the words that `--log` takes.
pub(super) fn log_level(text: &str) -> Result<LevelFilter, String> {
    let level = text.parse().ok().filter(|_| LOG_LEVELS.contains(&text));
    level.ok_or_else(|| format!("takes one of {}, not {text:?}", LOG_LEVELS.join(", ")))
}

fn superfluous(command: &str, word: &str) -> UsageError {
    UsageError(format!("`{command}` takes no {word:?}"))
}

fn unknown(what: &str, word: &str, known: &[&str]) -> UsageError {
    UsageError(format!("unknown {what} '{word}'; known: {}", known.join(", ")))
}

impl From<lexopt::Error> for UsageError {
    fn from(error: lexopt::Error) -> Self {
        Self(error.to_string())
    }
}
