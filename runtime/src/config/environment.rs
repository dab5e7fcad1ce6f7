//! Settings in variables: those of the environment, and those of a variables file.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::error::{ConfigError, ConfigProblem};
use super::group::{Setting, SettingsGroup, ValueKind};
use super::source::{RawSetting, Source};

/// Returns the variables of the environment that are valid Unicode.
pub(crate) fn environment() -> Vec<(String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// Returns the settings of `group` among the variables.
pub(super) fn from_variables(
    group: &SettingsGroup,
    environment: &[(String, String)],
    errors: &mut Vec<ConfigError>,
) -> Vec<RawSetting> {
    let mut settings = Vec::new();
    for (variable, text) in environment {
        let Some(rest) = variable.strip_prefix(group.prefix) else { continue };
        let covers = |ignored: &&str| {
            variable == ignored || (ignored.ends_with('_') && variable.starts_with(*ignored))
        };
        if group.ignored_env_vars.iter().any(covers) {
            continue;
        }
        let source = Source::Variable(variable.clone());
        settings.extend(from_variable(group, rest, text, source, errors));
    }
    settings
}

/// Reads the variables file in the first of `folders` that has one; it is optional.
pub(super) fn from_variables_file(
    group: &SettingsGroup,
    name: &str,
    folders: &[PathBuf],
    errors: &mut Vec<ConfigError>,
) -> Vec<RawSetting> {
    for folder in folders {
        let path = match folder.as_path() {
            here if here == Path::new(".") => PathBuf::from(name),
            folder => folder.join(name),
        };
        match std::fs::read_to_string(&path) {
            Ok(text) => return parse_variables(group, &path, &text, errors),
            Err(error)
                if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {}
            Err(error) => {
                let source = Source::File { path, line: 1 };
                let problem = ConfigProblem::Unreadable(error.to_string());
                errors.push(ConfigError { source, problem });
                return Vec::new();
            }
        }
    }
    Vec::new()
}

fn parse_variables(
    group: &SettingsGroup,
    path: &Path,
    text: &str,
    errors: &mut Vec<ConfigError>,
) -> Vec<RawSetting> {
    let mut settings = Vec::new();
    for (line, number) in text.lines().map(str::trim).zip(1..) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let source = Source::File { path: path.to_owned(), line: number };
        let Some((name, value)) = line.strip_prefix("export ").unwrap_or(line).split_once('=')
        else {
            let problem = ConfigProblem::NotAnAssignment { line: line.to_owned() };
            errors.push(ConfigError { source, problem });
            continue;
        };
        // The file may hold variables of other programs.
        let Some(rest) = name.trim().strip_prefix(group.prefix) else { continue };
        settings.extend(from_variable(group, rest, unquote(value.trim()), source, errors));
    }
    settings
}

/// Returns the setting of `group` that the variable with this `rest` behind the prefix sets.
fn from_variable(
    group: &SettingsGroup,
    rest: &str,
    text: &str,
    source: Source,
    errors: &mut Vec<ConfigError>,
) -> Option<RawSetting> {
    let name = rest.to_lowercase().replace('_', "-");
    match group.setting(&name) {
        Some(setting) => Some(from_one_text(setting, text, source)),
        None => {
            let problem = ConfigProblem::unknown_setting(group, &name);
            errors.push(ConfigError { source, problem });
            None
        }
    }
}

/// Returns the value in a `text` that has no syntax for lists and flags.
pub(super) fn from_one_text(setting: &Setting, text: &str, source: Source) -> RawSetting {
    let texts = match setting.kind {
        ValueKind::Flag => {
            let text = match text {
                "1" | "yes" | "on" => "true",
                "0" | "no" | "off" | "" => "false",
                other => other,
            };
            vec![text.to_owned()]
        }
        _ if setting.is_list() => {
            text.split(',').map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned).collect()
        }
        _ => vec![text.to_owned()],
    };
    RawSetting { name: setting.name.to_owned(), texts, source }
}

fn unquote(text: &str) -> &str {
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote).and_then(|t| t.strip_suffix(quote)) {
            return inner;
        }
    }
    text
}
