//! Settings and where their values come from: defaults, `harmony.toml`, a file of variables, the
//! environment, the command line; the later wins.
//!
//! A [`Group`] is a table of settings: name, kind, range, default. One table serves the file, the
//! environment and the command line, so that a setting is spelled the same everywhere. All mistakes
//! of all sources are found at once. Nothing here knows what the settings are for.
//!
//! A suite declares settings of its own with [`settings!`](crate::settings): their values are checked
//! before a run begins, steps read them, and `config show` tells them.

mod file;
mod group;
mod mistake;
mod registered;
mod typed;
mod values;

pub use file::{CONFIG_FILE, ConfigFile};
pub use group::{Group, Implied, Kind, Setting};
pub use mistake::{Mistake, Mistakes};
pub(crate) use registered::environment;
pub use registered::{Registered, read, registered, share};
pub use typed::SettingValue;
#[doc(hidden)]
pub use typed::{any_text, field, word};
pub use values::{Assignment, Given, Layers, Source, Values};
