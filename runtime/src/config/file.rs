//! `harmony.toml`, a table for each group of settings.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use super::error::{ConfigError, ConfigProblem};
use super::group::{InvalidValue, SettingsGroup};
use super::source::{RawSetting, Source};

/// Name of the file.
pub const CONFIG_FILE: &str = "harmony.toml";

/// A `harmony.toml` that was read.
#[derive(Debug, Clone)]
pub struct ConfigFile {
    path: PathBuf,
    text: String,
}

impl ConfigFile {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// The reason if the file cannot be read.
    pub fn read(path: &Path) -> io::Result<Self> {
        Ok(Self { path: path.to_owned(), text: fs::read_to_string(path)? })
    }

    /// Reads the first `harmony.toml` in one of `folders`.
    ///
    /// # Errors
    /// The path and the reason if the file cannot be read.
    pub fn find<'p>(
        folders: impl IntoIterator<Item = &'p Path>,
    ) -> Result<Option<Self>, (PathBuf, io::Error)> {
        for folder in folders {
            let path = match folder {
                here if here == Path::new(".") => PathBuf::from(CONFIG_FILE),
                folder => folder.join(CONFIG_FILE),
            };
            match Self::read(&path) {
                Ok(file) => return Ok(Some(file)),
                Err(error)
                    if matches!(
                        error.kind(),
                        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                    ) => {}
                Err(error) => return Err((path, error)),
            }
        }
        Ok(None)
    }

    /// Returns its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns an error for each section that none of `groups` has.
    pub(super) fn unknown_sections(&self, groups: &[&SettingsGroup]) -> Vec<ConfigError> {
        let Ok(table) = DeTable::parse(&self.text) else { return Vec::new() };
        let mut names: Vec<_> = table.get_ref().keys().collect();
        names.sort_by_key(|name| name.span().start);
        let mut errors = Vec::new();
        for name in names {
            if groups.iter().all(|group| group.section != name.get_ref()) {
                let source = self.line_of(name.span().start);
                let problem = ConfigProblem::unknown_section(name.get_ref(), groups);
                errors.push(ConfigError { source, problem });
            }
        }
        errors
    }

    /// Returns the settings in the table of `group`.
    pub(super) fn settings(
        &self,
        group: &SettingsGroup,
        errors: &mut Vec<ConfigError>,
    ) -> Vec<RawSetting> {
        let table = match DeTable::parse(&self.text) {
            Ok(table) => table.into_inner(),
            Err(error) => {
                let source = self.line_of(error.span().map_or(0, |span| span.start));
                let problem = ConfigProblem::Syntax(error.message().to_owned());
                errors.push(ConfigError { source, problem });
                return Vec::new();
            }
        };
        let Some(section) = table.get(group.section) else { return Vec::new() };
        let DeValue::Table(settings) = section.get_ref() else {
            let source = self.line_of(section.span().start);
            let problem = ConfigProblem::NotATable { section: group.section.to_owned() };
            errors.push(ConfigError { source, problem });
            return Vec::new();
        };
        let mut found = Vec::new();
        // In the order of the file, so that errors are reported from top to bottom.
        let mut settings: Vec<_> = settings.iter().collect();
        settings.sort_by_key(|(name, _)| name.span().start);
        for (name, value) in settings {
            let source = self.line_of(name.span().start);
            match setting_of(group, name.get_ref(), value.get_ref()) {
                Ok(texts) => {
                    found.push(RawSetting { name: name.get_ref().to_string(), texts, source });
                }
                Err(problem) => errors.push(ConfigError { source, problem }),
            }
        }
        found
    }

    fn line_of(&self, offset: usize) -> Source {
        let before = self.text.as_bytes().iter().take(offset);
        let line = before.filter(|&&byte| byte == b'\n').count() + 1;
        Source::File { path: self.path.clone(), line }
    }
}

/// Returns the texts of a setting.
fn setting_of(
    group: &SettingsGroup,
    name: &str,
    value: &DeValue<'_>,
) -> Result<Vec<String>, ConfigProblem> {
    let setting = group.setting(name).ok_or_else(|| ConfigProblem::unknown_setting(group, name))?;
    let texts = match value {
        DeValue::Array(elements) if setting.is_list() => {
            elements.iter().map(|element| scalar(element.get_ref())).collect()
        }
        other => scalar(other).map(|text| vec![text]),
    };
    texts.ok_or_else(|| {
        let error = InvalidValue::Missing(setting.expected().into());
        ConfigProblem::InvalidValue { name: name.to_owned(), error }
    })
}

fn scalar(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.to_string()),
        DeValue::Float(number) => Some(number.to_string()),
        DeValue::Boolean(flag) => Some(flag.to_string()),
        DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => None,
    }
}
