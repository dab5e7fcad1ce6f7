//! Settings and where their values come from: defaults, `harmony.toml`, a file of variables, the
//! environment, the command line; the later wins.
//!
//! A [`Group`] is a table of settings: name, kind, range, default. One table serves the file, the
//! environment and the command line, so that a setting is spelled the same everywhere. All mistakes
//! of all sources are found at once. Nothing here knows what the settings are for.

mod file;
mod group;
mod mistake;
mod values;

pub use file::{CONFIG_FILE, ConfigFile};
pub use group::{Group, Kind, Setting};
pub use mistake::{Mistake, Mistakes};
pub use values::{Given, Layers, Source, Values};
