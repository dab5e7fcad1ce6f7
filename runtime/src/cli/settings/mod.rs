//! The options of every command, as typed structs, and the sources of their values.
//!
//! Each struct is the one list of its command's options: help, completions, manual page,
//! `harmony.toml`, environment variables and `config show` derive from it. Nothing here runs or
//! prints.
//!
//! Imports go one way: `load` -> `sources` -> `command_line` -> `run`, `harmony`, `check`, `mutate` ->
//! `selection`, `display`, `option_group` -> `value_parsers`, `report_spec`, `error`.

mod check;
mod color;
mod command_line;
mod default_features;
mod display;
mod error;
mod harmony;
mod load;
mod mutate;
mod option_group;
mod program;
mod report_spec;
mod run;
mod schedule;
mod selection;
mod sources;
mod value_parsers;

pub(super) use check::{CheckFormat, CheckSettings, KindFilter};
pub(super) use color::ColorOption;
#[cfg(feature = "lsp")]
pub(super) use command_line::LanguageServerOptions;
pub(super) use command_line::{
    CommandLine, ConfigCommand, ConfigOptions, ConfiguredCommand, FlakyOptions, FormatOptions,
    MergeOptions, ReplayOptions, ReportCommand, ServeOptions, SuiteCommand,
};
pub(super) use default_features::with_default_features;
pub(super) use display::{DisplaySettings, Format};
pub(super) use error::UsageError;
pub(super) use harmony::HarmonySettings;
#[cfg(feature = "lsp")]
pub(super) use load::check_settings;
pub(super) use load::{Invocation, parse, parse_run};
pub(super) use mutate::{FindingFormat, MutateSettings};
pub(super) use program::{program_command, program_name};
pub(super) use report_spec::{MergeOutput, ReportSpec};
pub(super) use run::RunSettings;
pub(super) use sources::{all_groups, implied_flags, registered_values, suite_env};
pub(super) use value_parsers::{PlatformNames, parse_log_level};
