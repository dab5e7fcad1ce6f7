//! The sources of settings and the unparsed values they give.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use super::group::InvalidValue;

/// The source of a value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Source {
    /// The declaration of the setting.
    Default,
    /// A line of a file.
    File {
        /// The file.
        path: PathBuf,
        /// Line, counted from 1.
        line: usize,
    },
    /// An environment variable.
    Variable(String),
    /// An option on the command line, such as `--jobs`.
    CommandLine(String),
    /// A flag of another group that implies this one.
    Implied {
        /// The flag with its section: `ring.tracking`.
        flag: String,
        /// Source of that flag.
        source: Box<Source>,
    },
}

impl Source {
    /// Returns a key that orders sources as they override each other, and lines as in their file.
    pub(super) fn order(&self) -> (u8, Option<&PathBuf>, usize) {
        match self {
            Self::Default => (0, None, 0),
            Self::Implied { .. } => (1, None, 0),
            Self::File { path, line } => (2, Some(path), *line),
            Self::Variable(_) => (3, None, 0),
            Self::CommandLine(_) => (4, None, 0),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Variable(name) => write!(f, "environment variable {name}"),
            Self::CommandLine(option) => f.write_str(option),
            Self::Implied { flag, source } => write!(f, "{flag}, {source}"),
        }
    }
}

/// A value from one source, not yet parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawSetting {
    /// Name of the setting.
    pub name: String,
    /// The value as text; one for each element of a list.
    pub texts: Vec<String>,
    /// Source of the value.
    pub source: Source,
}

/// A setting of any group on the command line: `--set SECTION.NAME=VALUE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingOverride {
    /// Section of the group.
    pub section: String,
    /// Name of the setting.
    pub name: String,
    /// The value as text, the elements of a list separated by commas.
    pub text: String,
}

impl SettingOverride {
    /// Returns the source of its value.
    pub fn source(&self) -> Source {
        Source::CommandLine(format!("--set {}.{}", self.section, self.name))
    }
}

impl FromStr for SettingOverride {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let parts = text
            .split_once('=')
            .and_then(|(target, value)| Some((target.split_once('.')?, value)))
            .filter(|((section, name), _)| !section.is_empty() && !name.is_empty());
        match parts {
            Some(((section, name), value)) => Ok(Self {
                section: section.to_owned(),
                name: name.to_owned(),
                text: value.to_owned(),
            }),
            None => Err(InvalidValue::expected("SECTION.NAME=VALUE", text)),
        }
    }
}
