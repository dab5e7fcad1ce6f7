//! Groups of settings made of the options of a command.

use std::any::TypeId;
use std::num::NonZeroUsize;
use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Command};

use super::error::invalid_value;
use crate::config::{
    CheckValue, ConfigErrors, InvalidValue, RawSetting, Setting, SettingsGroup, Source, ValueKind,
    Values,
};

/// The options of a command that have other sources as well: `harmony.toml` and the environment.
pub(in crate::cli) trait Settings: clap::Args + Send + Sync {
    /// Section of `harmony.toml`, and name of the command.
    const SECTION: &'static str;
    /// Beginning of the names of the variables.
    const PREFIX: &'static str;

    /// # Errors
    /// Settings that contradict each other.
    fn check_conflicts(&self, values: &Values) -> Result<(), ConfigErrors>;
}

/// Returns the group of the options of `S`. It lives as long as the process, as all groups do: call
/// this once.
pub(super) fn group_of<S: Settings>() -> SettingsGroup {
    // The names in the group borrow from the command.
    let command: &'static Command = Box::leak(Box::new(S::augment_args(Command::new(S::SECTION))));
    let settings = command.get_arguments().map(setting_of).collect::<Vec<_>>();
    SettingsGroup {
        section: S::SECTION,
        prefix: S::PREFIX,
        variables_file: None,
        settings: settings.leak(),
        ignored_env_vars: &[],
        implied_flags: &[],
    }
}

fn setting_of(arg: &'static Arg) -> Setting {
    let long = arg.get_long().unwrap_or_default();
    let check = || -> &'static OptionCheck { Box::leak(Box::new(OptionCheck::new(arg))) };
    let (name, kind, flag_default) = match arg.get_action() {
        ArgAction::SetTrue => (long, ValueKind::Flag, Some("false")),
        // An option that turns a setting off is named after it.
        ArgAction::SetFalse => {
            (long.strip_prefix("no-").unwrap_or(long), ValueKind::Flag, Some("true"))
        }
        ArgAction::Append => (long, ValueKind::ParsedList(check()), None),
        _ => (long, ValueKind::Parsed { check: check(), is_number: is_number(arg) }, None),
    };
    let default = arg.get_default_values().first().and_then(|text| text.to_str());
    Setting {
        name,
        aliases: arg.get_all_aliases().unwrap_or_default().leak(),
        kind,
        default: flag_default.or(default).unwrap_or_default(),
        help: arg.get_help().map_or("", |help| help.to_string().leak()),
    }
}

fn is_number(arg: &Arg) -> bool {
    let numbers = [TypeId::of::<NonZeroUsize>(), TypeId::of::<u32>(), TypeId::of::<Duration>()];
    numbers.iter().any(|number| arg.get_value_parser().type_id() == *number)
}

/// Checks a value with the parser of its option.
#[derive(Debug)]
struct OptionCheck {
    /// A command with this option alone.
    command: Command,
    long: &'static str,
}

impl OptionCheck {
    fn new(arg: &'static Arg) -> Self {
        let command = Command::new("").no_binary_name(true).disable_help_flag(true);
        Self { command: command.arg(arg), long: arg.get_long().unwrap_or_default() }
    }
}

impl CheckValue for OptionCheck {
    fn check(&self, text: &str) -> Result<(), InvalidValue> {
        let option = format!("--{}={text}", self.long);
        let parsed = self.command.clone().try_get_matches_from([option]);
        parsed.map(drop).map_err(|error| invalid_value(&error))
    }
}

/// Makes the options of `group` accept any text, and adds `--no-FLAG` for each flag: other sources
/// may have the last word on a value, and all invalid values are reported together.
pub(super) fn accept_any_value(mut command: Command, group: &SettingsGroup) -> Command {
    for setting in group.settings {
        let (id, negation_id) = (id_of(setting), negation_id_of(setting));
        command = command.mut_arg(&id, |arg| match setting.kind {
            ValueKind::Flag => arg.overrides_with(negation_id.clone()),
            // A negative number is a wrong value, not an unknown option.
            _ => arg.value_parser(clap::value_parser!(String)).allow_negative_numbers(true),
        });
        if matches!(setting.kind, ValueKind::Flag) {
            let arg = Arg::new(negation_id).long(negation_of(setting)).hide(true);
            command = command.arg(arg.action(ArgAction::SetTrue).overrides_with(id));
        }
    }
    command
}

/// Returns the settings of `group` that a command line gives, for a command that accepts any value.
pub(super) fn raw_settings(matches: &ArgMatches, group: &SettingsGroup) -> Vec<RawSetting> {
    let is_given =
        |id: &str| matches.value_source(id) == Some(clap::parser::ValueSource::CommandLine);
    let mut found = Vec::new();
    for setting in group.settings {
        let (id, negation_id) = (id_of(setting), negation_id_of(setting));
        let default_is_on = setting.default == "true";
        let texts: Vec<String> = match setting.kind {
            ValueKind::Flag if is_given(&id) => vec![(!default_is_on).to_string()],
            ValueKind::Flag if is_given(&negation_id) => vec![default_is_on.to_string()],
            ValueKind::Flag => continue,
            _ if is_given(&id) => matches.get_many(&id).unwrap_or_default().cloned().collect(),
            _ => continue,
        };
        let source = Source::CommandLine(format!("--{}", setting.name));
        found.push(RawSetting { name: setting.name.to_owned(), texts, source });
    }
    found
}

/// Returns the options that give a command exactly the values that are set.
pub(super) fn as_options(values: &Values) -> Vec<String> {
    let mut options = Vec::new();
    for (setting, texts, source) in values.iter() {
        if *source == Source::Default {
            continue;
        }
        for text in texts {
            match setting.kind {
                ValueKind::Flag if text == setting.default => {}
                ValueKind::Flag if setting.default == "true" => {
                    options.push(format!("--no-{}", setting.name));
                }
                ValueKind::Flag => options.push(format!("--{}", setting.name)),
                _ => options.push(format!("--{}={text}", setting.name)),
            }
        }
    }
    options
}

/// Returns the id of the option: the name of its field.
fn id_of(setting: &Setting) -> String {
    setting.name.replace('-', "_")
}

fn negation_id_of(setting: &Setting) -> String {
    format!("negation of {}", setting.name)
}

/// Returns the option that sets a flag to its default.
fn negation_of(setting: &Setting) -> String {
    match setting.default {
        "true" => setting.name.to_owned(),
        _ => format!("no-{}", setting.name),
    }
}
