//! The command line of a suite: its commands and their options.

use std::path::PathBuf;
use std::time::Duration;

use clap_complete::Shell;

use super::check::CheckSettings;
use super::harmony::HarmonySettings;
use super::mutate::MutateSettings;
use super::option_group::Settings;
use super::report_spec::MergeOutput;
use super::run::RunSettings;
use super::value_parsers::{log_level, parse_path, parse_timeout};
use crate::config::SettingOverride;
use crate::observe::LevelFilter;

/// Runs the Gherkin scenarios of this suite.
#[derive(Debug, clap::Parser)]
#[command(
    name = "SUITE",
    version = concat!("(harmony-bdd ", env!("CARGO_PKG_VERSION"), ")"),
    args_override_self = true,
    arg_required_else_help = false,
    disable_help_subcommand = true,
    max_term_width = 100,
    after_help = AFTER_HELP
)]
pub(in crate::cli) struct CommandLine {
    #[command(subcommand)]
    pub(in crate::cli) command: SuiteCommand,
}

const AFTER_HELP: &str = "\
The options of run, harmony and check can also be set in harmony.toml, sections [run], [harmony] and
[check], and in the environment: --step-timeout is HARMONY_BDD_STEP_TIMEOUT. The command line
overrides the environment, and the environment overrides the file.

Exit codes: 0 success; 1 failures, or nothing ran; 2 usage or configuration error; 130 interrupted

Examples:
  cargo run -- run
  cargo run -- run features/01-BasicCommunication.feature:12
  cargo run -- harmony --platforms rust features/
  cargo run -- check --platforms rust,python features/";

const AFTER_RUN_HELP: &str = "\
Selectors:
  features/ a.feature  A folder or a file
  a.feature:12:30      Scenarios or example rows at these lines
  1.1                  Scenarios with this number in their name
  1                    Feature file whose name starts with this number
  Basic                Scenarios or files with this word in their name

Tags in feature files:
  @serial              Alone, after all others
  @lock(NAME)          Not beside another scenario with this lock
  @retry(3).after(1s)  Up to 3 retries, 1 s apart; also @retry, @retry(3)
  @allow.skipped       Skipped, not failed, at an undefined or pending step

Each option can be set in harmony.toml, section [run], and in the environment: --step-timeout is
HARMONY_BDD_STEP_TIMEOUT. `config show` lists all settings.

Exit codes: 0 success; 1 failures, or nothing ran; 2 usage or configuration error; 130 interrupted

Examples:
  cargo run -- run -v 1.1
  cargo run -- run --tags '@ring and not @slow' --report junit=report.xml";

const AFTER_HARMONY_HELP: &str = "\
Selectors are the same as for run; a word such as rust_python is short for --combo.

Platforms are configured in harmony-config.json, or in the file that HARMONY_CONFIG_PATH names. The
platform `rust` is always available: it is this binary.

Each option can be set in harmony.toml, section [harmony], and in the environment: --platforms is
HARMONY_BDD_PLATFORMS. `config show` lists all settings.

Exit codes: 0 success; 1 failures, or nothing ran; 2 usage or configuration error; 130 interrupted

Examples:
  cargo run -- harmony rust_python 1.1
  cargo run -- harmony --platforms rust,python --matrix matrix.json features/
  cargo run -- harmony replay trace.jsonl --role reader";

const AFTER_REPLAY_HELP: &str = "\
Each recorded process of the role becomes a new process, which gets the recorded requests in their
order, each after the replies that were recorded before it. Its replies are compared with the
recorded ones: results and errors; of steps success, error, context and data. Logs, times, process
ids, addresses and the numbers of shared memory are not compared.

The other roles have no process: a step that waits for one of them fails.

Exit codes: 0 all replies are as recorded; 1 a reply is not; 2 usage or configuration error, or no
such conversation; 130 interrupted

Examples:
  cargo run -- harmony rust_python 1.1 --trace trace.jsonl
  cargo run -- harmony replay trace.jsonl --role reader
  cargo run -- harmony replay trace.jsonl --role reader --platform python";

const AFTER_CHECK_HELP: &str = "\
Selectors are the same as for run.

Each option can be set in harmony.toml, section [check], and in the environment: --deny is
HARMONY_BDD_CHECK_DENY.

Exit codes: 0 success; 1 errors found, or nothing to check; 2 usage or configuration error";

const AFTER_MUTATE_HELP: &str = "\
Selectors are the same as for run. Every selected scenario runs twice as it is; if it passes, it
runs once for each change: a step left out, all Whens left out, another value, a row of a table
dropped or doubled, half of a doc string cut. Across processes a step is also sent to another role.
A change that makes no step fail is unnoticed.

Changes outside of the scenario, such as files and servers, are for the suite to isolate.

Marks in feature files, each with its reason:
  @mutate.skip(reason)                A tag of a scenario or feature, or a comment above a step
  # @mutate.equal(WHAT: reason)       A comment above a step; WHAT is one or several of: the changed
                                      value; leave-out, no-whens, value, drop-row, double-row,
                                      cut-doc-string, swap-role, seen-to-fail; the words before the
                                      value. Above the feature it applies to all its steps

Each option can be set in harmony.toml, section [mutate], and in the environment: --deny-below is
HARMONY_BDD_MUTATE_DENY_BELOW.

Exit codes: 0 success; 1 below --deny-below, unnoticed beyond --baseline, or nothing was mutated;
2 usage or configuration error; 130 interrupted

Examples:
  cargo run -- mutate features/01-BasicCommunication.feature
  cargo run -- mutate --budget 60s --seed random --deny-below 90
  cargo run -- mutate --format json > mutations.json
  cargo run -- mutate --baseline mutations.json";

const AFTER_MERGE_HELP: &str = "\
The kind of each input is detected from its content: JUnit XML, as --report and nextest write it, or
Cucumber Messages. Test suites and feature files split across inputs are merged. Runs of the same
scenario become attempts, of which the last one decides. The merged run passes only if every run
passed, or failed only by scenarios that passed on a later attempt.

Exit codes: 0 merged (regardless of test results); 2 an input or output could not be used

Example, after running shards 1/2 and 2/2 on two machines:
  cargo run -- run --shard 1/2 --report junit=1.xml --report messages=1.ndjson
  cargo run -- run --shard 2/2 --report junit=2.xml --report messages=2.ndjson
  cargo run -- report merge --report junit=all.xml 1.xml 2.xml
  cargo run -- report merge --report html=all.html 1.ndjson 2.ndjson";

const AFTER_FMT_HELP: &str = "\
Indents each line by its place in the file, aligns the cells of tables, and separates scenarios by
one blank line. Scenarios, comments and doc strings stay the same. The path - formats standard
input to standard output.

Exit codes: 0 success; 1 with --check, a file is not formatted; 2 a file cannot be read or has
errors";

#[cfg(feature = "lsp")]
const AFTER_LSP_HELP: &str = "\
An editor starts this command. It answers with the definitions of this binary; after a build it
starts the new binary and passes the messages on. Findings are those of check, with its section
[check] of harmony.toml.

Exit codes: 0 the editor has exited; 2 the editor broke the protocol, or a setting is wrong";

const AFTER_FLAKY_HELP: &str = "\
A scenario is listed if it needed a retry, if it failed in one run and passed in the next or the
other way round, or if its median duration in the second half of the runs is at least 1.5 times
that in the first half. The most flaky one comes first.

Exit codes: 0 listed, even if there is none; 2 the history cannot be read

Example:
  cargo run -- run --retry 2 --report history=history
  cargo run -- report flaky history";

/// The commands.
#[derive(Debug, clap::Subcommand)]
pub(in crate::cli) enum SuiteCommand {
    /// Run scenarios in this process (default: everything in features/)
    #[command(after_help = AFTER_RUN_HELP)]
    Run(ConfiguredCommand<RunSettings>),
    /// Serve steps to a Harmony runner over stdin/stdout (JSON-RPC)
    Serve(ServeOptions),
    /// Run scenarios across processes, one per role, for every combination of platforms
    #[command(after_help = AFTER_HARMONY_HELP)]
    Harmony(ConfiguredCommand<HarmonySettings>),
    /// Replay recorded conversations of one role with one process (`harmony replay`)
    #[command(after_help = AFTER_REPLAY_HELP)]
    Replay(ReplayOptions),
    /// Check features and step definitions without running them
    #[command(after_help = AFTER_CHECK_HELP)]
    Check(ConfiguredCommand<CheckSettings>),
    /// Run scenarios with changes and list those that no step notices
    #[command(after_help = AFTER_MUTATE_HELP)]
    Mutate(ConfiguredCommand<MutateSettings>),
    /// Show every setting, its value and its source (`config show`)
    #[command(subcommand, arg_required_else_help = false, disable_help_subcommand = true)]
    Config(ConfigCommand),
    /// Merge reports from several runs (`report merge`)
    #[command(subcommand, arg_required_else_help = false, disable_help_subcommand = true)]
    Report(ReportCommand),
    /// Format feature files (default: everything in features/)
    #[command(after_help = AFTER_FMT_HELP)]
    Fmt(FormatOptions),
    /// Serve an editor over stdin/stdout (Language Server Protocol)
    #[cfg(feature = "lsp")]
    #[command(after_help = AFTER_LSP_HELP)]
    Lsp(LanguageServerOptions),
    /// List step definitions and their source locations
    Steps {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print a completion script for a shell
    Completions {
        /// Shell that will read the script
        shell: Shell,
    },
    /// Print the manual page of this program or of one command
    Man {
        /// Command to describe
        command: Option<String>,
    },
    /// Print help
    Help {
        /// Command to describe
        command: Vec<String>,
    },
}

/// The commands of `config`.
#[derive(Debug, clap::Subcommand)]
pub(in crate::cli) enum ConfigCommand {
    /// Show every setting, its value and its source
    Show(ConfigOptions),
}

/// The commands of `report`.
#[derive(Debug, clap::Subcommand)]
pub(in crate::cli) enum ReportCommand {
    /// Merge reports from several runs
    #[command(after_help = AFTER_MERGE_HELP)]
    Merge(MergeOptions),
    /// List the scenarios of a history that are flaky or have become slower
    #[command(after_help = AFTER_FLAKY_HELP)]
    Flaky(FlakyOptions),
}

/// Options of `report flaky`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct FlakyOptions {
    /// Consider only the last N runs
    #[arg(long, value_name = "N", default_value = "20")]
    pub(in crate::cli) last: std::num::NonZeroUsize,
    /// Folder of the history, as `run --report history=DIR` writes it
    #[arg(value_name = "DIR")]
    pub(in crate::cli) history: PathBuf,
}

/// A command with settings.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ConfiguredCommand<S: Settings> {
    #[command(flatten)]
    pub(in crate::cli) settings: S,
    #[command(flatten)]
    pub(in crate::cli) config: ConfigOptions,
    /// Paths, numbers and words that select scenarios (default: everything in features/)
    #[arg(value_name = "SELECTOR", help_heading = None)]
    pub(in crate::cli) selectors: Vec<String>,
    /// Names of the settings that options of this command line set.
    #[arg(skip)]
    pub(in crate::cli) set_by_options: Vec<&'static str>,
}

/// The sources of settings.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Configuration")]
pub(in crate::cli) struct ConfigOptions {
    /// Read settings from FILE instead of harmony.toml
    #[arg(long, value_name = "FILE", value_parser = parse_path)]
    pub(in crate::cli) config: Option<PathBuf>,
    /// Set any setting, including the suite's own (repeatable)
    #[arg(long, value_name = "SECTION.NAME=VALUE")]
    pub(in crate::cli) set: Vec<SettingOverride>,
}

/// Options of `serve`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ServeOptions {
    /// Step timeout in seconds (default: 30)
    #[arg(
        long,
        value_name = "SECONDS",
        value_parser = parse_timeout,
        allow_negative_numbers = true
    )]
    pub(in crate::cli) step_timeout: Option<Duration>,
    /// Attach `tracing` events up to LEVEL to the response (default: HARMONY_BDD_LOG, else info)
    #[arg(long, value_name = "LEVEL", value_parser = log_level())]
    pub(in crate::cli) log: Option<LevelFilter>,
    #[command(flatten)]
    pub(in crate::cli) config: ConfigOptions,
}

/// Options of `harmony replay`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ReplayOptions {
    /// Trace of a run, as `harmony --trace FILE` writes it
    #[arg(value_name = "TRACE", value_parser = parse_path)]
    pub(in crate::cli) trace: PathBuf,
    /// Role whose conversations are replayed
    #[arg(long, value_name = "ROLE")]
    pub(in crate::cli) role: String,
    /// Replay only scenarios with TEXT in their name or combination
    #[arg(long, value_name = "TEXT")]
    pub(in crate::cli) scenario: Option<String>,
    /// Platform of the process (default: the recorded one)
    #[arg(long, short, value_name = "PLATFORM")]
    pub(in crate::cli) platform: Option<String>,
    /// Timeout of a step in seconds
    #[arg(long, value_name = "SECONDS", default_value = "35", value_parser = parse_timeout)]
    pub(in crate::cli) step_timeout: Duration,
    #[command(flatten)]
    pub(in crate::cli) config: ConfigOptions,
}

/// Options of `fmt`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct FormatOptions {
    /// Change no file; name each file that is not formatted, and the first line that differs
    #[arg(long)]
    pub(in crate::cli) check: bool,
    /// Feature files and folders
    #[arg(value_name = "PATH")]
    pub(in crate::cli) paths: Vec<String>,
}

/// Options of `lsp`.
#[cfg(feature = "lsp")]
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct LanguageServerOptions {
    /// Feature files and folders (default: everything in features/)
    #[arg(value_name = "PATH")]
    pub(in crate::cli) paths: Vec<String>,
}

/// Options of `report merge`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct MergeOptions {
    /// Write a merged report: junit, messages, or html, which is built from messages (repeatable)
    #[arg(long, value_name = "KIND=FILE", required = true)]
    pub(in crate::cli) report: Vec<MergeOutput>,
    /// Also merge reports of runs that did not finish; the merged report is not a success
    #[arg(long)]
    pub(in crate::cli) partial: bool,
    /// Reports to merge
    #[arg(value_name = "INPUT", required = true)]
    pub(in crate::cli) inputs: Vec<PathBuf>,
}
