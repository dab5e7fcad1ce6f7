//! `check`: checks features and step definitions without running them.

use std::path::Path;
use std::process::ExitCode;

use super::coverage::check_platforms;
use super::error::CommandError;
use super::finding_text::{FindingLevel, findings_json, findings_text};
use super::process_findings::process_findings;
use crate::cli::exit_code::EXIT_FAILED;
use crate::cli::output::print_stdout;
use crate::cli::settings::{
    CheckFormat, CheckSettings, ConfiguredCommand, KindFilter, with_default_features,
};
use crate::engine::Registry;
use crate::local::check::{Finding, FindingKind, check as find_problems, sort_findings};
use crate::local::{self, SelectOptions, Selection};

pub(super) fn check(command: &ConfiguredCommand<CheckSettings>) -> Result<ExitCode, CommandError> {
    let settings = &command.settings;
    let select = SelectOptions {
        selectors: with_default_features(command.selectors.clone()),
        keep_documents: true,
        ..SelectOptions::default()
    };
    let selection = local::select(&select)?;
    if let Some(platforms) = &settings.platforms {
        return check_platforms(platforms, &selection, settings.mode, settings.format);
    }
    let registry = Registry::collect()?;
    let is_part = selects_part(&command.selectors);
    let findings = all_findings(settings, &registry, &selection, is_part);
    print_stdout(match settings.format {
        CheckFormat::Json => findings_json(&findings),
        CheckFormat::Text => findings_text(&findings, &selection, registry.definitions().len()),
    });
    let has_errors = findings.iter().any(|(level, _)| *level == FindingLevel::Error);
    Ok(if has_errors { ExitCode::from(EXIT_FAILED) } else { ExitCode::SUCCESS })
}

/// Returns the findings that are not ignored, with their levels. `is_part` is true for a selection of less than
/// a folder of features.
pub(super) fn all_findings(
    settings: &CheckSettings,
    registry: &Registry,
    selection: &Selection,
    is_part: bool,
) -> Vec<(FindingLevel, Finding)> {
    let mut findings = find_problems(registry, selection);
    findings.extend(process_findings(selection, settings.mode));
    sort_findings(&mut findings);
    let with_level = |finding: Finding| Some((level(settings, finding.kind, is_part)?, finding));
    findings.into_iter().filter_map(with_level).collect()
}

/// Returns whether these selectors select less than a folder of features.
fn selects_part(selectors: &[String]) -> bool {
    !selectors.is_empty() && !selectors.iter().any(|selector| Path::new(selector).is_dir())
}

/// Returns the level of a kind of finding; `None` if it is ignored. A named kind has precedence over
/// `all`, and `--deny` over `--allow`.
fn level(settings: &CheckSettings, kind: FindingKind, is_part: bool) -> Option<FindingLevel> {
    let (deny, allow) = (&settings.deny, &settings.allow);
    let (one, all) = (KindFilter::One(kind), KindFilter::All);
    if deny.contains(&one) {
        Some(FindingLevel::Error)
    } else if allow.contains(&one) || (is_part && kind == FindingKind::Unused) {
        // Most definitions are unused in a part of the features, and none of them is a mistake.
        None
    } else if deny.contains(&all) || (kind.is_denied_by_default() && !allow.contains(&all)) {
        Some(FindingLevel::Error)
    } else if allow.contains(&all) {
        None
    } else {
        Some(FindingLevel::Warning)
    }
}
