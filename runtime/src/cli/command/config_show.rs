//! `config show`: prints every setting with its value and its source.

use std::fmt::Write as _;
use std::process::ExitCode;

use super::error::CommandError;
use crate::cli::output::print_stdout;
use crate::cli::settings::{all_groups, implied_flags, registered_values};
use crate::config::{
    ConfigErrors, ConfigSources, Setting, SettingsGroup, Source, ValueKind, Values,
};

pub(super) fn show(sources: &ConfigSources) -> Result<ExitCode, CommandError> {
    Ok(print_stdout(settings_table(sources)?))
}

/// Returns the settings as a configuration file with these values, the source behind each.
fn settings_table(sources: &ConfigSources) -> Result<String, ConfigErrors> {
    let implied = implied_flags(&registered_values(sources).0);
    let sources = ConfigSources { implied, ..sources.clone() };
    let groups = all_groups();
    let mut errors = Vec::new();
    let mut text = String::new();
    for group in &groups {
        match Values::read(group, &sources) {
            Ok(values) => write_group(&mut text, group, &values),
            Err(ConfigErrors(found)) => errors.extend(found),
        }
    }
    errors.extend(sources.unknown_sections(&groups));
    if errors.is_empty() { Ok(text) } else { Err(ConfigErrors::new(errors)) }
}

fn write_group(text: &mut String, group: &SettingsGroup, values: &Values) {
    // Writing to a `String` cannot fail.
    let _ = writeln!(text, "[{}]", group.section);
    for (setting, texts, source) in values.iter() {
        let line = match toml_value(setting, texts) {
            Some(value) => format!("{} = {value}", setting.name),
            // TOML has no value for a setting that is not set.
            None => format!("# {} is not set", setting.name),
        };
        let _ = match source {
            Source::Default => {
                writeln!(text, "{line:<40} # default; {}", group.variable(setting))
            }
            source => writeln!(text, "{line:<40} # {source}"),
        };
    }
    text.push('\n');
}

fn toml_value(setting: &Setting, texts: &[String]) -> Option<String> {
    let element = |text: &String| match setting.kind {
        ValueKind::Flag
        | ValueKind::Number { .. }
        | ValueKind::Seconds { .. }
        | ValueKind::Parsed { is_number: true, .. } => text.clone(),
        _ => format!("{text:?}"),
    };
    if setting.is_list() {
        return Some(format!("[{}]", texts.iter().map(element).collect::<Vec<_>>().join(", ")));
    }
    texts.first().map(element)
}
