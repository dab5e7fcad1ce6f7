//! Finds the file of settings and reads all sources for a command.

use std::path::{Path, PathBuf};

use super::args::UsageError;
use super::check::CHECK;
use super::harmony_settings::HARMONY;
use super::options::Options;
use super::run_settings::RUN;
use crate::config::{self, ConfigFile, Group, Layers, Mistakes, Values};

/// All sources of settings for a command line.
pub(super) fn layers(options: &Options) -> Result<Layers, UsageError> {
    let environment = config::environment();
    Ok(Layers { file: file(options)?, environment, command_line: options.given.clone() })
}

/// The values of `group`, after a look at all that is set: a mistake in a group that steps will read
/// is told before the run, together with all others.
pub(super) fn values(group: &'static Group, options: &Options) -> Result<Values, String> {
    let layers = layers(options).map_err(|error| error.0)?;
    config::share(&layers);
    let mut mistakes = Vec::new();
    let values = Values::read(group, &layers);
    if let Err(Mistakes(found)) = &values {
        mistakes.extend(found.iter().cloned());
    }
    for other in config::registered() {
        if let Err(Mistakes(found)) = config::read(other) {
            mistakes.extend(found);
        }
    }
    if let Some(file) = &layers.file {
        mistakes.extend(file.unknown_sections(&groups()));
    }
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

fn file(options: &Options) -> Result<Option<ConfigFile>, UsageError> {
    let cannot = |path: &Path, error: std::io::Error| {
        UsageError(format!("{}: the settings cannot be read: {error}", path.display()))
    };
    if let Some(path) = &options.config {
        return ConfigFile::read(path).map(Some).map_err(|error| cannot(path, error));
    }
    let folders = folders(&options.selectors);
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
