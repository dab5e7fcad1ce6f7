//! Reads a command line and all other sources of settings into a typed command.
//!
//! A command with settings is parsed twice: first for its structure alone, so that the values of all
//! sources can be merged and all errors in them reported together; then with the merged values, which
//! clap turns into the command's struct.

use std::ffi::OsString;

use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _, Parser as _};

use super::command_line::{
    CommandLine, ConfigCommand, ConfigOptions, ConfiguredCommand, SuiteCommand,
};
use super::error::UsageError;
use super::option_group::{Settings, accept_any_value, as_options, raw_settings};
use super::program::{program_command, program_name};
use super::run::RunSettings;
use super::sources::{command_group, load_settings, read_sources};
use crate::config::{ConfigSources, SettingsGroup, Source, Values, set_sources};

/// A command with the sources of its settings.
#[derive(Debug)]
pub(in crate::cli) struct Invocation {
    pub(in crate::cli) command: SuiteCommand,
    pub(in crate::cli) sources: ConfigSources,
}

/// Reads a command line without the program's name.
///
/// # Errors
/// [`UsageError`] if the command line or a setting is wrong, or if help is requested.
pub(in crate::cli) fn parse(mut arguments: Vec<OsString>) -> Result<Invocation, UsageError> {
    // `harmony` takes words as selectors, which clap cannot tell from a command.
    if arguments.iter().take(2).eq(["harmony", "replay"].iter()) {
        arguments.remove(0);
    }
    let program = program_name();
    let root = CommandLine::command().name(program.clone());
    let command =
        root.clone().mut_subcommands(|subcommand| match command_group(subcommand.get_name()) {
            Some(group) => accept_any_value(subcommand, group),
            None => subcommand,
        });
    let words = || std::iter::once(OsString::from(&program)).chain(arguments.iter().cloned());
    let no_command = || UsageError::NoCommand { program: program_command() };
    if arguments.is_empty() {
        return Err(no_command());
    }
    let matches = command
        .try_get_matches_from(words())
        .map_err(|error| UsageError::from_clap(&error, &root, &arguments))?;
    let (name, submatches) = matches.subcommand().ok_or_else(no_command)?;
    let Some(group) = command_group(name) else {
        let CommandLine { command } = CommandLine::from_arg_matches(&matches)?;
        let sources = match &command {
            SuiteCommand::Help { command } => {
                let words = command.iter().map(String::as_str).chain(["--help"]);
                return parse(words.map(OsString::from).collect());
            }
            SuiteCommand::Replay(options) => read_sources(&options.config, &[], Vec::new())?,
            SuiteCommand::Serve(options) => read_sources(&options.config, &[], Vec::new())?,
            SuiteCommand::Config(ConfigCommand::Show(options)) => {
                read_sources(options, &[], Vec::new())?
            }
            _ => ConfigSources::default(),
        };
        set_sources(&sources);
        return Ok(Invocation { command, sources });
    };
    load(&program, group, submatches)
}

/// Reads the arguments of `run`.
///
/// # Errors
/// [`UsageError`] if the arguments or a setting are wrong, or if help is requested.
pub(in crate::cli) fn parse_run(
    arguments: Vec<OsString>,
) -> Result<ConfiguredCommand<RunSettings>, UsageError> {
    let mut words = vec![OsString::from(RunSettings::SECTION)];
    words.extend(arguments);
    match parse(words)?.command {
        SuiteCommand::Run(command) => Ok(command),
        other => unreachable!("`run` is parsed as {other:?}"),
    }
}

/// Reads the settings of `check` for these paths from all sources but the command line.
///
/// # Errors
/// [`UsageError`] if a setting is wrong.
#[cfg(feature = "lsp")]
pub(in crate::cli) fn check_settings(
    paths: &[String],
) -> Result<super::check::CheckSettings, UsageError> {
    let words = [super::check::CheckSettings::SECTION, "--"].into_iter().map(OsString::from);
    match parse(words.chain(paths.iter().map(OsString::from)).collect())?.command {
        SuiteCommand::Check(command) => Ok(command.settings),
        other => unreachable!("`check` is parsed as {other:?}"),
    }
}

/// Merges the sources of a command's settings and parses the result.
fn load(
    program: &str,
    group: &'static SettingsGroup,
    matches: &ArgMatches,
) -> Result<Invocation, UsageError> {
    let config = ConfigOptions::from_arg_matches(matches)?;
    let selectors: Vec<String> =
        matches.get_many("selectors").unwrap_or_default().cloned().collect();
    let sources = read_sources(&config, &selectors, raw_settings(matches, group))?;
    set_sources(&sources);
    let values = load_settings(group, &sources)?;
    let mut words = vec![program.to_owned(), group.section.to_owned()];
    words.extend(as_options(&values));
    words.push("--".to_owned());
    words.extend(selectors);
    let CommandLine { mut command } = CommandLine::try_parse_from(words)?;
    match &mut command {
        SuiteCommand::Run(command) => command.complete(config, &values)?,
        SuiteCommand::Harmony(command) => command.complete(config, &values)?,
        SuiteCommand::Check(command) => command.complete(config, &values)?,
        SuiteCommand::Mutate(command) => command.complete(config, &values)?,
        _ => {}
    }
    Ok(Invocation { command, sources })
}

impl<S: Settings> ConfiguredCommand<S> {
    fn complete(&mut self, config: ConfigOptions, values: &Values) -> Result<(), UsageError> {
        self.config = config;
        let options = values.iter().filter(|(.., source)| matches!(source, Source::CommandLine(_)));
        self.set_by_options = options.map(|(setting, ..)| setting.name).collect();
        Ok(self.settings.check_conflicts(values)?)
    }
}
