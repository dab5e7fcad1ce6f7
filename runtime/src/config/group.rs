//! Declarations of settings: names, kinds, ranges and defaults.

use std::borrow::Cow;
use std::time::Duration;

/// Settings that belong together: a section of the file and a prefix in the environment.
#[derive(Debug)]
pub struct SettingsGroup {
    /// Table of `harmony.toml` that holds the settings.
    pub section: &'static str,
    /// Beginning of the names of their variables, such as `HARMONY_BDD_`.
    pub prefix: &'static str,
    /// Name of a variables file with a `NAME=value` on each line, which the environment overrides.
    /// It is searched for in the folders that are searched for `harmony.toml`.
    pub variables_file: Option<&'static str>,
    /// The settings.
    pub settings: &'static [Setting],
    /// Variables that begin with the prefix and belong to other groups; a name that ends in `_`
    /// covers all variables that begin with it.
    pub ignored_env_vars: &'static [&'static str],
    /// Flags of this group that turn on a flag of another group, unless that one is set.
    pub implied_flags: &'static [ImpliedFlag],
}

/// A flag of one group that turns on a flag of another group.
#[derive(Debug, Clone, Copy)]
pub struct ImpliedFlag {
    /// Name of the flag.
    pub flag: &'static str,
    /// Section of the other group.
    pub section: &'static str,
    /// Name of the other flag.
    pub setting: &'static str,
}

/// The declaration of one setting.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Name in the file and on the command line, such as `step-timeout`; `step_timeout` is the same.
    /// The variable is the name in capitals: `HARMONY_BDD_STEP_TIMEOUT`.
    pub name: &'static str,
    /// Other names for the setting, in all sources.
    pub aliases: &'static [&'static str],
    /// Kind of its values.
    pub kind: ValueKind,
    /// Value if no source sets it; empty for none.
    pub default: &'static str,
    /// Description in one line.
    pub help: &'static str,
}

/// A function that accepts or rejects a text.
pub type TextCheck = fn(&str) -> Result<(), InvalidValue>;

/// Parses the values of a setting for the owner of its group.
pub trait CheckValue: std::fmt::Debug + Sync {
    /// Returns the reason if `text` is not a value of the setting.
    ///
    /// # Errors
    /// [`InvalidValue`] if the owner of the group does not accept the text.
    fn check(&self, text: &str) -> Result<(), InvalidValue>;
}

/// The kind of the values of a setting.
#[derive(Debug, Clone, Copy)]
pub enum ValueKind {
    /// `true` or `false`; in a variable also `1`, `yes`, `on`, `0`, `no` and `off`.
    Flag,
    /// One text that the function accepts.
    Text(TextCheck),
    /// Several texts, each of which the function accepts.
    List(TextCheck),
    /// An integer within a range.
    Number {
        /// Smallest value.
        min: u64,
        /// Largest value.
        max: u64,
        /// Unit, such as `ms`; empty for plain numbers.
        unit: &'static str,
    },
    /// Seconds above 0, with an optional fraction.
    Seconds {
        /// Largest value.
        max: u32,
    },
    /// One of these words.
    Choice(&'static [&'static str]),
    /// One value that the owner of the group parses.
    Parsed {
        /// The parser of the owner.
        check: &'static dyn CheckValue,
        /// True if TOML writes the value without quotes, as a number.
        is_number: bool,
    },
    /// Several values that the owner of the group parses.
    ParsedList(&'static dyn CheckValue),
}

/// A value that was parsed.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Value of a flag.
    Flag(bool),
    /// Value of a number.
    Number(u64),
    /// Value of seconds.
    Seconds(Duration),
    /// Value of any other kind.
    Text(String),
}

/// A text that is not a value of its setting.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidValue {
    /// A value of another kind, or out of range.
    #[error("expected {expected}, got {text:?}")]
    Expected {
        /// Description of the accepted values.
        expected: Cow<'static, str>,
        /// The text.
        text: String,
    },
    /// None of the accepted words.
    #[error("invalid value {text:?}: expected one of {}", .choices.join(", "))]
    NotOneOf {
        /// The text.
        text: String,
        /// The accepted words.
        choices: Vec<String>,
    },
    /// No text, or a list where one value is needed.
    #[error("expected {0}")]
    Missing(Cow<'static, str>),
    /// An error of the parser of the value.
    #[error("{0}")]
    Other(String),
}

impl InvalidValue {
    /// Returns the error for a `text` that is not what is `expected`.
    pub fn expected(expected: impl Into<Cow<'static, str>>, text: &str) -> Self {
        Self::Expected { expected: expected.into(), text: text.to_owned() }
    }
}

impl SettingsGroup {
    /// Returns the setting of this name, written with `-` or with `_`.
    pub fn setting(&self, name: &str) -> Option<&'static Setting> {
        let dashed = |byte: u8| if byte == b'_' { b'-' } else { byte };
        let is_same = |own: &str| own.bytes().map(dashed).eq(name.bytes().map(dashed));
        self.settings.iter().find(|setting| {
            is_same(setting.name) || setting.aliases.iter().any(|alias| is_same(alias))
        })
    }

    /// Returns the name of the variable that sets `setting`.
    pub fn variable(&self, setting: &Setting) -> String {
        self.variable_of(setting.name)
    }

    /// Returns the names of all variables of the group, those of aliases included.
    pub fn variables(&self) -> impl Iterator<Item = String> {
        let names = |setting: &'static Setting| {
            std::iter::once(setting.name).chain(setting.aliases.iter().copied())
        };
        self.settings.iter().flat_map(names).map(|name| self.variable_of(name))
    }

    fn variable_of(&self, name: &str) -> String {
        format!("{}{}", self.prefix, name.replace('-', "_").to_uppercase())
    }
}

impl Setting {
    /// True if it takes several values.
    pub fn is_list(&self) -> bool {
        matches!(self.kind, ValueKind::List(_) | ValueKind::ParsedList(_))
    }

    /// Parses a value.
    ///
    /// # Errors
    /// [`InvalidValue`] if `text` is of another kind or out of range.
    pub fn parse(&self, text: &str) -> Result<Value, InvalidValue> {
        let parsed = match self.kind {
            ValueKind::Flag => match text {
                "true" => Some(Value::Flag(true)),
                "false" => Some(Value::Flag(false)),
                _ => None,
            },
            ValueKind::Text(check) | ValueKind::List(check) => {
                return check(text).map(|()| Value::Text(text.to_owned()));
            }
            ValueKind::Number { min, max, .. } => {
                integer(text).filter(|number| (min..=max).contains(number)).map(Value::Number)
            }
            ValueKind::Seconds { max } => seconds(text, max).map(Value::Seconds),
            ValueKind::Choice(words) => {
                let word = words.iter().find(|word| word.eq_ignore_ascii_case(text));
                let Some(&word) = word else {
                    return Err(InvalidValue::NotOneOf {
                        text: text.to_owned(),
                        choices: words.iter().map(|&word| word.to_owned()).collect(),
                    });
                };
                Some(Value::Text(word.to_owned()))
            }
            ValueKind::Parsed { check, .. } | ValueKind::ParsedList(check) => {
                return check.check(text).map(|()| Value::Text(text.to_owned()));
            }
        };
        parsed.ok_or_else(|| InvalidValue::expected(self.expected(), text))
    }

    /// Returns a description of the accepted values.
    pub fn expected(&self) -> String {
        match self.kind {
            ValueKind::Flag => "`true` or `false`".to_owned(),
            ValueKind::Text(_) | ValueKind::Parsed { is_number: false, .. } => {
                "a string".to_owned()
            }
            ValueKind::Parsed { is_number: true, .. } => "a number".to_owned(),
            ValueKind::List(_) | ValueKind::ParsedList(_) => {
                "a string or an array of strings".to_owned()
            }
            ValueKind::Number { min, max, unit } => {
                let unit = if unit.is_empty() { String::new() } else { format!(" {unit}") };
                match max {
                    u64::MAX => format!("an integer of at least {min}{unit}"),
                    max => format!("an integer from {min} to {max}{unit}"),
                }
            }
            ValueKind::Seconds { max } => format!("seconds above 0 and up to {max}"),
            ValueKind::Choice(words) => format!("one of {}", words.join(", ")),
        }
    }
}

/// Parses an integer, with `_` between its digits as Rust and TOML allow it.
fn integer(text: &str) -> Option<u64> {
    match text.contains('_') {
        false => text.parse().ok(),
        true if text.starts_with('_') || text.ends_with('_') => None,
        true => text.replace('_', "").parse().ok(),
    }
}

fn seconds(text: &str, max: u32) -> Option<Duration> {
    let seconds: f64 = text.parse().ok()?;
    let is_in_range = seconds > 0.0 && seconds <= f64::from(max);
    is_in_range.then(|| Duration::try_from_secs_f64(seconds).ok())?
}
