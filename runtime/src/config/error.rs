//! Errors in settings, each with its source.

use std::fmt;

use super::group::{InvalidValue, SettingsGroup};
use super::source::Source;
use crate::text::edit_distance;

/// One error in the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// Location of the error.
    pub source: Source,
    /// Description of the error.
    pub problem: ConfigProblem,
}

/// The kinds of errors in settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigProblem {
    /// No setting has this name.
    #[error("unknown setting `{name}` in [{section}]{hint}")]
    UnknownSetting {
        /// The name.
        name: String,
        /// Section of the group.
        section: String,
        /// The most similar name, or all names.
        hint: Hint,
    },
    /// No group has this section.
    #[error("unknown section `{name}`{hint}")]
    UnknownSection {
        /// The name.
        name: String,
        /// The most similar section, or all of them.
        hint: Hint,
    },
    /// A value that its setting does not accept.
    #[error("`{name}`: {error}")]
    InvalidValue {
        /// Name of the setting.
        name: String,
        /// Reason.
        error: InvalidValue,
    },
    /// A value of an option, whose source names the setting.
    #[error("{0}")]
    InvalidOption(InvalidValue),
    /// A value that the type of its field does not accept.
    #[error("`{name}`: {text:?} is not a valid {type_name}")]
    InvalidField {
        /// Name of the setting.
        name: String,
        /// The value.
        text: String,
        /// Name of the type.
        type_name: &'static str,
    },
    /// A file that is not TOML.
    #[error("{0}")]
    Syntax(String),
    /// A key of `harmony.toml` that should be a table.
    #[error("`{section}` is a table: write [{section}]")]
    NotATable {
        /// Section of the group.
        section: String,
    },
    /// A line of a variables file that is not an assignment.
    #[error("{line:?} is not of the form NAME=value")]
    NotAnAssignment {
        /// The line.
        line: String,
    },
    /// A file that cannot be read.
    #[error("cannot read this file: {0}")]
    Unreadable(String),
    /// Settings that contradict each other.
    #[error("{0}")]
    Conflict(&'static str),
}

/// The end of a message about an unknown name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hint {
    /// A known name that is similar.
    Similar(String),
    /// All known names.
    Known(Vec<String>),
}

/// All errors in the settings, at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigErrors(#[doc(hidden)] pub Vec<ConfigError>);

impl Hint {
    /// Returns the most similar of `known`, or all of them if none is similar to `name`.
    pub(crate) fn new(name: &str, known: Vec<String>) -> Self {
        let normal =
            |text: &str| -> Vec<char> { text.to_lowercase().replace('_', "-").chars().collect() };
        let name = normal(name);
        let max_distance = (name.len() / 3).max(1);
        let distance = |known: &String| edit_distance(&name, &normal(known), max_distance);
        let similar = known.iter().filter_map(|known| Some((distance(known)?, known)));
        match similar.min_by_key(|(distance, _)| *distance) {
            Some((_, best)) => Self::Similar(best.clone()),
            None => Self::Known(known),
        }
    }
}

impl ConfigProblem {
    /// Returns the error for a setting that `group` does not have.
    pub(super) fn unknown_setting(group: &SettingsGroup, name: &str) -> Self {
        let known = group.settings.iter().map(|setting| setting.name.to_owned()).collect();
        let (name, section) = (name.to_owned(), group.section.to_owned());
        Self::UnknownSetting { hint: Hint::new(&name, known), name, section }
    }

    /// Returns the error for a value of the setting `name` that `source` gives.
    pub(crate) fn invalid_value(name: &str, error: InvalidValue, source: &Source) -> Self {
        match source {
            // The option names the setting.
            Source::CommandLine(_) => Self::InvalidOption(error),
            _ => Self::InvalidValue { name: name.to_owned(), error },
        }
    }

    /// Returns the error for a section that none of `groups` has.
    pub(super) fn unknown_section(name: &str, groups: &[&SettingsGroup]) -> Self {
        let known = groups.iter().map(|group| group.section.to_owned()).collect();
        Self::UnknownSection { hint: Hint::new(name, known), name: name.to_owned() }
    }
}

impl ConfigErrors {
    /// Returns the errors in the order of their sources, without repetitions: all groups find an error
    /// in the syntax of the file, and groups with the same prefix find the same unknown variables.
    #[doc(hidden)]
    pub fn new(errors: Vec<ConfigError>) -> Self {
        let mut unique: Vec<ConfigError> = Vec::new();
        for error in errors {
            if !unique.contains(&error) {
                unique.push(error);
            }
        }
        unique.sort_by(|a, b| a.source.order().cmp(&b.source.order()));
        Self(unique)
    }
}

impl From<ConfigError> for ConfigErrors {
    fn from(error: ConfigError) -> Self {
        Self(vec![error])
    }
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Similar(name) => write!(f, "; did you mean `{name}`?"),
            Self::Known(names) => write!(f, "; expected one of: {}", names.join(", ")),
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.source, self.problem)
    }
}

impl std::error::Error for ConfigError {}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            write!(f, "{}{error}", if index == 0 { "" } else { "\nerror: " })?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigErrors {}
