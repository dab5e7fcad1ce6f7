//! Values of `--report`.

use std::path::PathBuf;
use std::str::FromStr;

use crate::config::InvalidValue;
use crate::report::ReportKind;
use crate::report::merge::MergeKind;

/// A report requested by `--report KIND=FILE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct ReportSpec {
    /// Kind of the report.
    pub(in crate::cli) kind: ReportKind,
    /// File to write, or folder of a history; empty if the kind has its own output.
    pub(in crate::cli) path: PathBuf,
    /// True if the report leaves out what passed.
    pub(in crate::cli) failures_only: bool,
}

/// The end of a value that asks for failures only.
const FAILURES_ONLY: &str = ",failures-only";

/// A merged report requested by `report merge --report KIND=FILE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct MergeOutput(pub(in crate::cli) ReportSpec);

impl ReportSpec {
    /// Returns the report for the CI system that runs this process.
    pub(in crate::cli) fn github() -> Self {
        Self { kind: ReportKind::GitHub, path: PathBuf::new(), failures_only: false }
    }

    /// True if the report needs the parsed feature files.
    pub(in crate::cli) fn needs_documents(&self) -> bool {
        self.kind.needs_documents()
    }
}

impl MergeOutput {
    const KINDS: [ReportKind; 4] =
        [ReportKind::Junit, ReportKind::Messages, ReportKind::Html, ReportKind::Timeline];

    /// Returns the kind of the inputs it is made of.
    pub(in crate::cli) fn input_kind(&self) -> MergeKind {
        match self.0.kind {
            ReportKind::Junit => MergeKind::Junit,
            ReportKind::Timeline => MergeKind::Timeline,
            _ => MergeKind::Messages,
        }
    }
}

impl FromStr for ReportSpec {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        parse_kind_and_path(text, &ReportKind::ALL)
    }
}

impl FromStr for MergeOutput {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        parse_kind_and_path(text, &Self::KINDS).map(Self)
    }
}

fn parse_kind_and_path(text: &str, kinds: &[ReportKind]) -> Result<ReportSpec, InvalidValue> {
    let names = || kinds.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(", ");
    if text == "github" && kinds.contains(&ReportKind::GitHub) {
        return Ok(ReportSpec::github());
    }
    let Some((name, path)) = text.split_once('=').filter(|(_, path)| !path.is_empty()) else {
        let expected = format!("KIND=FILE, where KIND is one of {}", names());
        return Err(InvalidValue::expected(expected, text));
    };
    let Some(kind) = kinds.iter().copied().find(|kind| kind.name() == name) else {
        let known = names();
        let reason = format!("unknown report kind {name:?}; expected one of: {known}");
        return Err(InvalidValue::Other(reason));
    };
    if !kind.is_available() {
        let reason =
            format!("{name} needs a binary built with the feature `{name}-report` of harmony-bdd");
        return Err(InvalidValue::Other(reason));
    }
    let shorter = path.strip_suffix(FAILURES_ONLY).filter(|_| kind == ReportKind::Html);
    let path = PathBuf::from(shorter.unwrap_or(path));
    Ok(ReportSpec { kind, path, failures_only: shorter.is_some() })
}
