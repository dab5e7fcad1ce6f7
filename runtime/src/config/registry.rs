//! Groups of settings that suites and step crates declare.

use std::path::PathBuf;
use std::sync::OnceLock;

use super::environment::environment;
use super::error::ConfigErrors;
use super::file::ConfigFile;
use super::group::SettingsGroup;
use super::sources::ConfigSources;
use super::values::Values;

/// A group that [`settings!`](crate::settings) registered.
#[derive(Debug)]
pub struct RegisteredGroup(pub &'static SettingsGroup);

inventory::collect!(RegisteredGroup);

/// The sources that the command line of this process found.
static SOURCES: OnceLock<ConfigSources> = OnceLock::new();

/// Returns all registered groups, sorted by section.
pub fn registered_groups() -> Vec<&'static SettingsGroup> {
    let mut groups: Vec<_> = inventory::iter::<RegisteredGroup>.into_iter().map(|r| r.0).collect();
    groups.sort_by_key(|group| group.section);
    groups
}

/// Sets the sources of [`read`], without the options of their command. Only the first call has an
/// effect.
pub fn set_sources(sources: &ConfigSources) {
    SOURCES.get_or_init(|| ConfigSources {
        implied: Vec::new(),
        command_line: Vec::new(),
        ..sources.clone()
    });
}

/// Reads the values of `group` from the sources that the command line of this process found, or
/// else from `harmony.toml` in the current folder or in `features`, and from the environment.
///
/// # Errors
/// All invalid values and all unknown names, each with its source.
pub fn read(group: &'static SettingsGroup) -> Result<Values, ConfigErrors> {
    let sources = SOURCES.get_or_init(|| {
        let folders = [".", "features"].map(PathBuf::from).to_vec();
        ConfigSources {
            // The command line reads the file first, and reports it if it cannot be read.
            file: ConfigFile::find(folders.iter().map(PathBuf::as_path)).unwrap_or_default(),
            folders,
            environment: environment(),
            ..ConfigSources::default()
        }
    });
    Values::read(group, sources)
}
