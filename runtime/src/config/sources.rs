//! All sources of settings together.

use std::path::PathBuf;

use super::error::{ConfigError, ConfigProblem};
use super::file::ConfigFile;
use super::group::SettingsGroup;
use super::source::{RawSetting, SettingOverride};

/// All sources besides the defaults, in rising order.
#[derive(Debug, Clone, Default)]
pub struct ConfigSources {
    /// Flags that flags of other groups turn on, each with the section it belongs to.
    pub implied: Vec<(&'static str, RawSetting)>,
    /// `harmony.toml`.
    pub file: Option<ConfigFile>,
    /// Folders that may hold variables files; the first one found is read.
    pub folders: Vec<PathBuf>,
    /// The variables of the environment.
    pub environment: Vec<(String, String)>,
    /// Settings of any group on the command line.
    pub overrides: Vec<SettingOverride>,
    /// Options on the command line, which belong to one group.
    pub command_line: Vec<RawSetting>,
}

impl ConfigSources {
    /// Returns an error for each section that none of `groups` has.
    pub fn unknown_sections(&self, groups: &[&SettingsGroup]) -> Vec<ConfigError> {
        let mut errors =
            self.file.as_ref().map_or_else(Vec::new, |file| file.unknown_sections(groups));
        for setting in &self.overrides {
            if groups.iter().all(|group| group.section != setting.section) {
                let problem = ConfigProblem::unknown_section(&setting.section, groups);
                errors.push(ConfigError { source: setting.source(), problem });
            }
        }
        errors
    }
}
