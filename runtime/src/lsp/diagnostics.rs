//! Diagnostics: the errors of feature files, and the findings of `check` for files without errors.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use lsp_types::{Diagnostic, DiagnosticSeverity, DiagnosticTag, NumberOrString};

use super::position::Lines;
use super::workspace::{Workspace, identity};
use super::{FindProblems, Severity};
use crate::engine::Registry;
use crate::gherkin::ParseError;
use crate::local::Selection;
use crate::local::check::{Finding, FindingKind};

const SOURCE: &str = "harmony-bdd";
const SYNTAX: &str = "syntax";

/// Returns the diagnostics of each file, also those without any.
pub(super) fn diagnostics(
    workspace: &Workspace,
    registry: &Registry,
    find: &FindProblems<'_>,
) -> BTreeMap<PathBuf, Vec<Diagnostic>> {
    let mut found: BTreeMap<PathBuf, Vec<Diagnostic>> = BTreeMap::new();
    let mut by_name = BTreeMap::new();
    for (path, file) in workspace.files() {
        let errors = file.errors.iter().flat_map(|errors| errors.errors());
        let lines = Lines::of(&file.text);
        let errors = errors.map(|error| syntax_error(error, &lines)).collect();
        found.insert(path.to_owned(), errors);
        by_name.insert(workspace.display(path), (path, file));
    }
    let sources: BTreeSet<&str> = registry.definitions().map(|d| d.at.file).collect();
    for path in sources.into_iter().filter_map(|file| workspace.source_path(file)) {
        found.entry(path).or_default();
    }
    let selection = workspace.selection();
    for (severity, finding) in find(registry, &selection) {
        match by_name.get(&finding.path) {
            // The places of the last valid content are not those of the present one.
            Some((_, file)) if file.errors.is_some() => {}
            Some((path, file)) => {
                let lines = Lines::of(&file.text);
                let diagnostics = found.entry(path.to_path_buf()).or_default();
                for (line, column) in places(&finding, &selection) {
                    diagnostics.push(diagnostic(severity, &finding, &lines, line, column));
                }
            }
            None => {
                let Some(path) = workspace.source_path(&finding.path) else { continue };
                let text = workspace.text_of(&path).unwrap_or_default();
                let lines = Lines::of(&text);
                let line = finding.line.saturating_sub(1);
                let column = lines.get(line).chars().take_while(|c| c.is_whitespace()).count();
                let diagnostics = found.entry(identity(&path)).or_default();
                diagnostics.push(diagnostic(severity, &finding, &lines, line, column));
            }
        }
    }
    found
}

fn syntax_error(error: &ParseError, lines: &Lines<'_>) -> Diagnostic {
    let location = error.location();
    let hint = error.hint().map(|hint| format!("\n{hint}")).unwrap_or_default();
    // The end of the file is the line after the last.
    let line = location.line.saturating_sub(1).min(lines.len().saturating_sub(1));
    Diagnostic {
        range: lines.range_to_end(line, location.column.saturating_sub(1) as usize),
        severity: Some(DiagnosticSeverity::ERROR),
        code: Some(NumberOrString::String(SYNTAX.to_owned())),
        source: Some(SOURCE.to_owned()),
        message: format!("{}{hint}", error.message()),
        ..Diagnostic::default()
    }
}

fn diagnostic(
    severity: Severity,
    finding: &Finding,
    lines: &Lines<'_>,
    line: u32,
    column: usize,
) -> Diagnostic {
    let notes = finding.notes.iter().map(|note| format!("\n{note}"));
    let is_unused = matches!(finding.kind, FindingKind::Unused | FindingKind::UnusedColumn);
    Diagnostic {
        range: lines.range_to_end(line, column),
        severity: Some(match severity {
            Severity::Error => DiagnosticSeverity::ERROR,
            Severity::Warning => DiagnosticSeverity::WARNING,
        }),
        code: Some(NumberOrString::String(finding.kind.name().to_owned())),
        source: Some(SOURCE.to_owned()),
        message: format!("{}{}", finding.message, notes.collect::<String>()),
        tags: is_unused.then(|| vec![DiagnosticTag::UNNECESSARY]),
        ..Diagnostic::default()
    }
}

/// Returns the lines, counted from 0, and the columns of a finding. Of steps with the same text a finding
/// names the first only, but an editor marks each.
fn places(finding: &Finding, selection: &Selection) -> Vec<(u32, usize)> {
    let mut places = BTreeSet::from([(finding.line, finding.column)]);
    if matches!(finding.kind, FindingKind::Undefined | FindingKind::Ambiguous) {
        let steps = || selection.scenarios.iter().flat_map(|scenario| &scenario.steps);
        let is_first = |location: &crate::model::Location| {
            *location.path == *finding.path && location.line == finding.line
        };
        let texts: BTreeSet<_> =
            steps().filter(|step| is_first(&step.location)).map(|step| &step.text).collect();
        for step in steps().filter(|step| texts.contains(&step.text)) {
            if *step.location.path == *finding.path {
                places.insert((step.location.line, step.location.column));
            }
        }
    }
    let from_0 =
        |(line, column): (u32, u32)| (line.saturating_sub(1), column.saturating_sub(1) as usize);
    places.into_iter().map(from_0).collect()
}
