//! Options of `check`.

use std::str::FromStr;

use super::option_group::Settings;
use super::value_parsers::{PlatformNames, mode, parse_platforms};
use crate::config::{ConfigErrors, InvalidValue, Values};
use crate::harmony::routing::Mode;
use crate::local::check::FindingKind;

/// The settings of `check`: section `[check]` of `harmony.toml`.
#[derive(Debug, Clone, clap::Args)]
pub(in crate::cli) struct CheckSettings {
    /// Output format: text or json
    #[arg(long, short, value_name = "FORMAT", default_value = "text", hide_possible_values = true)]
    pub(in crate::cli) format: CheckFormat,
    /// Treat this kind of finding (or `all`) as an error (repeatable)
    #[arg(long, value_name = "KIND")]
    pub(in crate::cli) deny: Vec<KindFilter>,
    /// Ignore this kind of finding (or `all`) (repeatable)
    #[arg(long, value_name = "KIND")]
    pub(in crate::cli) allow: Vec<KindFilter>,
    /// Rules for process steps: strict, or compat, which also reports what the reference Harmony
    /// runner reads differently
    #[arg(
        long,
        value_name = "MODE",
        default_value = "strict",
        value_parser = mode(),
        hide_possible_values = true
    )]
    pub(in crate::cli) mode: Mode,
    /// Check that these platforms support every step
    #[arg(long, short, value_name = "A,B", value_parser = parse_platforms)]
    pub(in crate::cli) platforms: Option<PlatformNames>,
}

/// The format of the findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(in crate::cli) enum CheckFormat {
    Text,
    Json,
}

/// A kind of finding, or all kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum KindFilter {
    All,
    One(FindingKind),
}

impl FromStr for KindFilter {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        if text == "all" {
            return Ok(Self::All);
        }
        let kind = FindingKind::ALL.into_iter().find(|kind| kind.name() == text);
        kind.map(Self::One).ok_or_else(|| {
            let names = FindingKind::ALL.map(FindingKind::name);
            let choices = names.iter().chain(&["all"]).map(|&name| name.to_owned()).collect();
            InvalidValue::NotOneOf { text: text.to_owned(), choices }
        })
    }
}

impl Settings for CheckSettings {
    const SECTION: &'static str = "check";
    const PREFIX: &'static str = "HARMONY_BDD_CHECK_";

    fn check_conflicts(&self, _values: &Values) -> Result<(), ConfigErrors> {
        Ok(())
    }
}
