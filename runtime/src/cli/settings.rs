//! Finds the file of settings and reads all sources for a command.

use std::path::{Path, PathBuf};

use super::args::UsageError;
use super::check::CHECK;
use super::harmony_settings::HARMONY;
use super::options::Options;
use super::run_settings::RUN;
use crate::config::{self, ConfigFile, Given, Group, Layers, Mistake, Mistakes, Source, Values};

/// All sources of settings for a command line.
pub(super) fn layers(options: &Options) -> Result<Layers, UsageError> {
    let folders = folders(&options.selectors);
    Ok(Layers {
        implied: Vec::new(),
        file: file(options, &folders)?,
        folders,
        environment: config::environment(),
        assignments: options.assignments.clone(),
        command_line: options.given.clone(),
    })
}

/// Reads the settings that steps will read, for a command that has none of its own.
pub(super) fn of_suite(options: &Options) -> Result<(), String> {
    let layers = layers(options).map_err(|error| error.0)?;
    config::share(&layers);
    let (_, mistakes) = registered(&layers);
    if mistakes.is_empty() { Ok(()) } else { Err(Mistakes(mistakes).to_string()) }
}

/// What somebody has set of the suite's own settings, as variables for processes that read it there.
pub(super) fn variables_of_suite(options: &Options) -> Result<Vec<(String, String)>, String> {
    let layers = layers(options).map_err(|error| error.0)?;
    let mut variables = Vec::new();
    for (group, values) in registered(&layers).0 {
        for (setting, texts, source) in values.iter() {
            if source != Source::Default {
                variables.push((group.variable(setting), texts.join(",")));
            }
        }
    }
    Ok(variables)
}

/// The values of `group`, after a look at all that is set: a mistake in a group that steps will read
/// is told before the run, together with all others.
pub(super) fn values(group: &'static Group, options: &Options) -> Result<Values, String> {
    let mut layers = layers(options).map_err(|error| error.0)?;
    config::share(&layers);
    let (registered, others) = registered(&layers);
    layers.implied = implied(&registered);
    let mut mistakes = Vec::new();
    let values = Values::read(group, &layers);
    if let Err(Mistakes(found)) = &values {
        mistakes.extend(found.iter().cloned());
    }
    mistakes.extend(others);
    mistakes.extend(layers.unknown_sections(&groups()));
    match values {
        Ok(values) if mistakes.is_empty() => Ok(values),
        _ => Err(Mistakes(mistakes).to_string()),
    }
}

/// All groups there are: those of the commands, and those that were registered.
pub(super) fn groups() -> Vec<&'static Group> {
    let mut groups: Vec<&'static Group> = vec![&RUN, &HARMONY, &CHECK];
    groups.extend(config::registered());
    groups
}

/// The values of the groups that a suite and its step crates bring along, and all that is wrong.
pub(super) fn registered(layers: &Layers) -> (Vec<(&'static Group, Values)>, Vec<Mistake>) {
    let own = Layers { command_line: Vec::new(), ..layers.clone() };
    let (mut groups, mut mistakes) = (Vec::new(), Vec::new());
    for group in config::registered() {
        match Values::read(group, &own) {
            Ok(values) => groups.push((group, values)),
            Err(Mistakes(found)) => mistakes.extend(found),
        }
    }
    (groups, mistakes)
}

/// What the flags of these groups turn on elsewhere.
pub(super) fn implied(groups: &[(&'static Group, Values)]) -> Vec<(&'static str, Given)> {
    let mut all = Vec::new();
    for (group, values) in groups {
        for implied in group.implied.iter().filter(|implied| values.flag(implied.flag)) {
            let flag = format!("{}.{}", group.section, implied.flag);
            let source = Source::Implied { flag, source: Box::new(values.source(implied.flag)) };
            let (name, texts) = (implied.setting.to_owned(), vec!["true".to_owned()]);
            all.push((implied.section, Given { name, texts, source }));
        }
    }
    all
}

fn file(options: &Options, folders: &[PathBuf]) -> Result<Option<ConfigFile>, UsageError> {
    let cannot = |path: &Path, error: std::io::Error| {
        UsageError(format!("{}: the settings cannot be read: {error}", path.display()))
    };
    if let Some(path) = &options.config {
        return ConfigFile::read(path).map(Some).map_err(|error| cannot(path, error));
    }
    ConfigFile::find(folders.iter().map(PathBuf::as_path))
        .map_err(|(path, error)| cannot(&path, error))
}

/// Where a file of settings may be: in this folder, or beside the features that are named first.
fn folders(selectors: &[String]) -> Vec<PathBuf> {
    let mut folders = vec![PathBuf::from(".")];
    let named = selectors.iter().map(Path::new).find(|path| path.exists());
    let features = named.unwrap_or(Path::new("features"));
    folders.extend(features.ancestors().take(3).map(Path::to_owned));
    folders.retain(|folder| !folder.as_os_str().is_empty());
    folders
}
