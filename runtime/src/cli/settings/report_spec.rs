//! Values of `--report`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::ValueEnum;

use crate::config::InvalidValue;
use crate::report::merge::MergeKind;

/// A report requested by `--report KIND=FILE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct ReportSpec {
    /// Kind of the report.
    pub(in crate::cli) kind: ReportKind,
    /// File to write.
    pub(in crate::cli) path: PathBuf,
}

/// The kinds of reports that a run writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum ReportKind {
    Junit,
    Messages,
    Html,
    Timeline,
    Rerun,
}

/// A merged report requested by `report merge --report KIND=FILE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct MergeOutput(pub(in crate::cli) ReportSpec);

impl ReportKind {
    /// Returns the names of all kinds.
    pub(super) fn names() -> Vec<String> {
        names_of(Self::value_variants())
    }
}

fn names_of(kinds: &[ReportKind]) -> Vec<String> {
    let values = kinds.iter().filter_map(ValueEnum::to_possible_value);
    values.map(|value| value.get_name().to_owned()).collect()
}

impl ReportSpec {
    /// True if the report needs the parsed feature files.
    pub(in crate::cli) fn needs_documents(&self) -> bool {
        matches!(self.kind, ReportKind::Messages | ReportKind::Html)
    }
}

impl MergeOutput {
    const KINDS: [ReportKind; 3] = [ReportKind::Junit, ReportKind::Messages, ReportKind::Html];

    /// Returns the kind of the inputs it is made of.
    pub(in crate::cli) fn input_kind(&self) -> MergeKind {
        match self.0.kind {
            ReportKind::Junit => MergeKind::Junit,
            _ => MergeKind::Messages,
        }
    }
}

impl FromStr for ReportSpec {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        parse_kind_and_path(text, ReportKind::value_variants())
    }
}

impl FromStr for MergeOutput {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        parse_kind_and_path(text, &Self::KINDS).map(Self)
    }
}

fn parse_kind_and_path(text: &str, kinds: &[ReportKind]) -> Result<ReportSpec, InvalidValue> {
    let names = || names_of(kinds);
    let Some((name, path)) = text.split_once('=').filter(|(_, path)| !path.is_empty()) else {
        let expected = format!("KIND=FILE, where KIND is one of {}", names().join(", "));
        return Err(InvalidValue::expected(expected, text));
    };
    let kind = ReportKind::from_str(name, false).ok().filter(|kind| kinds.contains(kind));
    let Some(kind) = kind else {
        let known = names().join(", ");
        let reason = format!("unknown report kind {name:?}; expected one of: {known}");
        return Err(InvalidValue::Other(reason));
    };
    if kind == ReportKind::Html && !cfg!(feature = "html-report") {
        let reason = "html needs a binary built with the feature `html-report` of harmony-bdd";
        return Err(InvalidValue::Other(reason.to_owned()));
    }
    Ok(ReportSpec { kind, path: PathBuf::from(path) })
}
