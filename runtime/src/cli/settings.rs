//! Finds the file of settings and reads all sources for a command.

use std::path::{Path, PathBuf};

use super::args::UsageError;
use super::options::Options;
use crate::config::{ConfigFile, Layers};

/// All sources of settings for a command line.
pub(super) fn layers(options: &Options) -> Result<Layers, UsageError> {
    let environment = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    Ok(Layers { file: file(options)?, environment, command_line: options.given.clone() })
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
