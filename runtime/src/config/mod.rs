//! Settings and their sources: defaults, `harmony.toml`, a variables file, the environment and the
//! command line; a later source overrides an earlier one.
//!
//! A [`SettingsGroup`] is a table of settings with a name, a kind, a range and a default for each. One
//! table serves the file, the environment and the command line, so that a setting has one spelling.
//! The errors of all sources are reported together. This module does not know what the settings mean.
//!
//! A suite declares its own settings with [`settings!`](crate::settings): their values are checked
//! before a run begins, steps read them, and `config show` prints them.
//!
//! Imports go one way: `settings_macro` -> `registry` -> `values` -> `sources` -> `file`, `environment`
//! -> `error` -> `source` -> `group`.

mod environment;
mod error;
mod file;
mod group;
mod registry;
mod settings_macro;
mod source;
mod sources;
mod values;

pub(crate) use environment::environment;
pub use error::ConfigErrors;
#[doc(hidden)]
pub use error::{ConfigError, ConfigProblem, Hint};
pub use settings_macro::SettingValue;

// For the expansion of `settings!` and the command line; free to change with every version.
#[doc(hidden)]
pub use file::{CONFIG_FILE, ConfigFile};
#[doc(hidden)]
pub use group::{
    CheckValue, ImpliedFlag, InvalidValue, Setting, SettingsGroup, TextCheck, Value, ValueKind,
};
#[doc(hidden)]
pub use registry::{RegisteredGroup, read, registered_groups, set_sources};
#[doc(hidden)]
pub use settings_macro::{any_text, field, word};
#[doc(hidden)]
pub use source::{RawSetting, SettingOverride, Source};
#[doc(hidden)]
pub use sources::ConfigSources;
#[doc(hidden)]
pub use values::Values;
