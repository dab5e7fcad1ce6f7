//! `lsp`: serves feature files and definitions to an editor.

use std::process::ExitCode;

use super::check::all_findings;
use super::error::CommandError;
use super::finding_text::FindingLevel;
use crate::cli::settings::{LanguageServerOptions, check_settings, with_default_features};
use crate::engine::Registry;
use crate::local::Selection;
use crate::lsp::{self, Severity};

const DEFAULT_FOLDER: &str = "features";

pub(super) fn lsp(options: LanguageServerOptions) -> Result<ExitCode, CommandError> {
    let settings = check_settings(&options.paths)?;
    let registry = Registry::collect()?;
    let mut paths = with_default_features(options.paths);
    if paths.is_empty() {
        paths.push(DEFAULT_FOLDER.to_owned());
    }
    let find = |registry: &Registry, selection: &Selection| {
        let findings = all_findings(&settings, registry, selection, false);
        let severity = |level| match level {
            FindingLevel::Error => Severity::Error,
            FindingLevel::Warning => Severity::Warning,
        };
        findings.into_iter().map(|(level, finding)| (severity(level), finding)).collect()
    };
    lsp::serve(registry, paths, &find)?;
    Ok(ExitCode::SUCCESS)
}
