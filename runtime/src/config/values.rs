//! The values of one group, each with the source that set it.

use std::time::Duration;

use super::environment::{from_one_text, from_variables, from_variables_file};
use super::error::{ConfigError, ConfigErrors, ConfigProblem};
use super::group::{Setting, SettingsGroup, Value};
use super::source::{RawSetting, SettingOverride, Source};
use super::sources::ConfigSources;

/// The values of one group.
#[derive(Debug, Clone)]
pub struct Values {
    /// One entry for each setting, in the order of the group.
    entries: Vec<Entry>,
}

#[derive(Debug, Clone)]
struct Entry {
    setting: &'static Setting,
    texts: Vec<String>,
    values: Vec<Value>,
    source: Source,
}

impl Values {
    /// Reads and parses the values of `group` from all sources.
    ///
    /// # Errors
    /// All invalid values and all unknown names, each with its source.
    pub fn read(
        group: &'static SettingsGroup,
        sources: &ConfigSources,
    ) -> Result<Self, ConfigErrors> {
        let mut errors = Vec::new();
        let mut entries: Vec<Entry> = group.settings.iter().map(Entry::default_of).collect();
        for raw in raw_settings(group, sources, &mut errors) {
            let entry = group
                .setting(&raw.name)
                .and_then(|setting| entries.iter_mut().find(|e| e.setting.name == setting.name));
            match entry {
                Some(entry) => entry.set(raw, &mut errors),
                None => {
                    let problem = ConfigProblem::unknown_setting(group, &raw.name);
                    errors.push(ConfigError { source: raw.source, problem });
                }
            }
        }
        if errors.is_empty() { Ok(Self { entries }) } else { Err(ConfigErrors(errors)) }
    }

    /// Returns every setting with its values as texts and their source, in the order of the group.
    pub fn iter(&self) -> impl Iterator<Item = (&'static Setting, &[String], &Source)> {
        self.entries.iter().map(|entry| (entry.setting, &*entry.texts, &entry.source))
    }

    /// Returns the parsed value of a setting; `None` if it is not set and has no default.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.entry(name)?.values.last()
    }

    /// Returns the value of a setting as text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.texts(name).last().map(String::as_str)
    }

    /// Returns the values of a list as texts.
    pub fn texts(&self, name: &str) -> &[String] {
        self.entry(name).map_or(&[], |entry| &entry.texts)
    }

    /// True if a flag is set.
    pub fn flag(&self, name: &str) -> bool {
        matches!(self.value(name), Some(Value::Flag(true)))
    }

    /// Returns the value of a number.
    pub fn number(&self, name: &str) -> Option<u64> {
        match self.value(name) {
            Some(Value::Number(number)) => Some(*number),
            _ => None,
        }
    }

    /// Returns the value of a setting in seconds.
    pub fn seconds(&self, name: &str) -> Option<Duration> {
        match self.value(name) {
            Some(Value::Seconds(duration)) => Some(*duration),
            _ => None,
        }
    }

    /// Returns the source of a setting's value.
    pub fn source(&self, name: &str) -> Source {
        self.entry(name).map_or(Source::Default, |entry| entry.source.clone())
    }

    fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.setting.name == name)
    }
}

impl Entry {
    fn default_of(setting: &'static Setting) -> Self {
        let texts: Vec<String> = Some(setting.default)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
            .into_iter()
            .collect();
        // The author of a group checks its declaration, so an invalid default gives no value.
        let values = texts.iter().filter_map(|text| setting.parse(text).ok()).collect();
        Self { setting, texts, values, source: Source::Default }
    }

    /// Replaces the value by one from a stronger source.
    fn set(&mut self, raw: RawSetting, errors: &mut Vec<ConfigError>) {
        let RawSetting { mut texts, source, .. } = raw;
        let mut values = Vec::new();
        for text in &mut texts {
            match self.setting.parse(text) {
                Ok(value) => {
                    // A choice is accepted in any case, and used as it is declared.
                    if let Value::Text(word) = &value {
                        text.clone_from(word);
                    }
                    values.push(value);
                }
                Err(error) => {
                    let problem = ConfigProblem::invalid_value(self.setting.name, error, &source);
                    errors.push(ConfigError { source: source.clone(), problem });
                }
            }
        }
        let is_option = |source: &Source| matches!(source, Source::CommandLine(_));
        // The options of one command line add up; all other values replace each other.
        if self.setting.is_list() && is_option(&self.source) && is_option(&source) {
            self.texts.extend(texts);
            self.values.extend(values);
        } else {
            *self = Self { setting: self.setting, texts, values, source };
        }
    }
}

/// Returns the values for `group` that the sources give, the weakest first.
fn raw_settings(
    group: &SettingsGroup,
    sources: &ConfigSources,
    errors: &mut Vec<ConfigError>,
) -> Vec<RawSetting> {
    let of_group =
        |(section, raw): &(&str, RawSetting)| (*section == group.section).then(|| raw.clone());
    let mut settings: Vec<_> = sources.implied.iter().filter_map(of_group).collect();
    if let Some(file) = &sources.file {
        settings.extend(file.settings(group, errors));
    }
    if let Some(name) = group.variables_file {
        settings.extend(from_variables_file(group, name, &sources.folders, errors));
    }
    settings.extend(from_variables(group, &sources.environment, errors));
    settings.extend(from_overrides(group, &sources.overrides, errors));
    settings.extend(sources.command_line.iter().cloned());
    settings
}

fn from_overrides(
    group: &SettingsGroup,
    overrides: &[SettingOverride],
    errors: &mut Vec<ConfigError>,
) -> Vec<RawSetting> {
    let mut settings = Vec::new();
    for one in overrides.iter().filter(|one| one.section == group.section) {
        match group.setting(&one.name) {
            Some(setting) => settings.push(from_one_text(setting, &one.text, one.source())),
            None => {
                let problem = ConfigProblem::unknown_setting(group, &one.name);
                errors.push(ConfigError { source: one.source(), problem });
            }
        }
    }
    settings
}
