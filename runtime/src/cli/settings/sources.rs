//! The sources of settings for a command line, and the settings of the suite itself.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use super::check::CheckSettings;
use super::command_line::ConfigOptions;
use super::default_features::package_features;
use super::error::UsageError;
use super::harmony::HarmonySettings;
use super::mutate::MutateSettings;
use super::option_group::group_of;
use super::run::RunSettings;
use crate::config::{
    ConfigError, ConfigErrors, ConfigFile, ConfigSources, RawSetting, SettingsGroup, Source,
    Values, environment, registered_groups,
};
use crate::harmony::protocol::step_timeout::STEP_TIMEOUT_VARIABLE;

/// The groups of all commands with settings.
static GROUPS: LazyLock<[SettingsGroup; 4]> = LazyLock::new(|| {
    let mut groups = [
        group_of::<RunSettings>(),
        group_of::<HarmonySettings>(),
        group_of::<CheckSettings>(),
        group_of::<MutateSettings>(),
    ];
    // Each command ignores variables of the other commands and variables that are not settings.
    let mut variables = vec![STEP_TIMEOUT_VARIABLE.to_owned()];
    variables.extend(groups.iter().flat_map(SettingsGroup::variables));
    for group in &mut groups {
        let own: Vec<_> = group.variables().collect();
        let others = variables.iter().filter(|variable| !own.contains(variable));
        let others = others.map(|variable| -> &'static str { variable.clone().leak() });
        group.ignored_env_vars = others.collect::<Vec<_>>().leak();
    }
    groups
});

/// Returns the group of the command of this name, if it has settings.
pub(super) fn command_group(name: &str) -> Option<&'static SettingsGroup> {
    GROUPS.iter().find(|group| group.section == name)
}

/// Returns the groups of the commands and the groups that the suite registered.
pub(in crate::cli) fn all_groups() -> Vec<&'static SettingsGroup> {
    GROUPS.iter().chain(registered_groups()).collect()
}

/// Reads all sources of settings for a command line.
///
/// # Errors
/// [`UsageError::ConfigFile`] if `harmony.toml` exists and cannot be read.
pub(super) fn read_sources(
    config: &ConfigOptions,
    selectors: &[String],
    command_line: Vec<RawSetting>,
) -> Result<ConfigSources, UsageError> {
    let folders = config_dirs(selectors);
    Ok(ConfigSources {
        implied: Vec::new(),
        file: read_file(config, &folders)?,
        folders,
        environment: environment(),
        overrides: config.set.clone(),
        command_line,
    })
}

/// Reads the values of `group`, and checks the settings of the suite: an error in them is reported
/// before the run, together with all others.
///
/// # Errors
/// All errors in all sources.
pub(super) fn load_settings(
    group: &'static SettingsGroup,
    sources: &ConfigSources,
) -> Result<Values, ConfigErrors> {
    let (registered, registered_errors) = registered_values(sources);
    let sources = ConfigSources { implied: implied_flags(&registered), ..sources.clone() };
    let values = Values::read(group, &sources);
    let mut errors = match &values {
        Ok(_) => Vec::new(),
        Err(ConfigErrors(errors)) => errors.clone(),
    };
    errors.extend(registered_errors);
    errors.extend(sources.unknown_sections(&all_groups()));
    match values {
        Ok(values) if errors.is_empty() => Ok(values),
        _ => Err(ConfigErrors::new(errors)),
    }
}

/// Returns the values of the groups that the suite and its step crates register, and all errors.
pub(in crate::cli) fn registered_values(
    sources: &ConfigSources,
) -> (Vec<(&'static SettingsGroup, Values)>, Vec<ConfigError>) {
    let own = ConfigSources { command_line: Vec::new(), ..sources.clone() };
    let (mut groups, mut errors) = (Vec::new(), Vec::new());
    for group in registered_groups() {
        match Values::read(group, &own) {
            Ok(values) => groups.push((group, values)),
            Err(ConfigErrors(found)) => errors.extend(found),
        }
    }
    (groups, errors)
}

/// Returns the flags that the flags of these groups imply.
pub(in crate::cli) fn implied_flags(
    groups: &[(&'static SettingsGroup, Values)],
) -> Vec<(&'static str, RawSetting)> {
    let mut flags = Vec::new();
    for (group, values) in groups {
        for implied in group.implied_flags.iter().filter(|implied| values.flag(implied.flag)) {
            let flag = format!("{}.{}", group.section, implied.flag);
            let source = Source::Implied { flag, source: Box::new(values.source(implied.flag)) };
            let (name, texts) = (implied.setting.to_owned(), vec!["true".to_owned()]);
            flags.push((implied.section, RawSetting { name, texts, source }));
        }
    }
    flags
}

/// Returns the suite's own settings that are set, as variables for the processes that it starts.
pub(in crate::cli) fn suite_env(sources: &ConfigSources) -> Vec<(String, String)> {
    let mut variables = Vec::new();
    for (group, values) in registered_values(sources).0 {
        for (setting, texts, source) in values.iter() {
            if *source != Source::Default {
                variables.push((group.variable(setting), texts.join(",")));
            }
        }
    }
    variables
}

fn read_file(
    config: &ConfigOptions,
    folders: &[PathBuf],
) -> Result<Option<ConfigFile>, UsageError> {
    let found = match &config.config {
        Some(path) => ConfigFile::read(path).map(Some).map_err(|error| (path.clone(), error)),
        None => ConfigFile::find(folders.iter().map(PathBuf::as_path)),
    };
    found.map_err(|(path, error)| UsageError::ConfigFile { path, error })
}

/// Returns the folders that may hold a configuration: this folder, and those around the first feature
/// file or folder that is named.
fn config_dirs(selectors: &[String]) -> Vec<PathBuf> {
    let mut folders = vec![PathBuf::from(".")];
    let named = selectors.iter().map(Path::new).find(|path| path.exists());
    let package = package_features();
    let features = named.or(package.as_deref()).unwrap_or(Path::new("features"));
    folders.extend(features.ancestors().take(3).map(Path::to_owned));
    folders.retain(|folder| !folder.as_os_str().is_empty());
    folders
}
