//! Quick fix of an undefined step: a new definition, in the file that defines most steps of the feature.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use lsp_types::{
    CodeAction, CodeActionKind, CodeActionOrCommand, Diagnostic, NumberOrString, TextEdit, Uri,
    WorkspaceEdit,
};

use super::FindProblems;
use super::position::Lines;
use super::steps::steps_of;
use super::workspace::{FeatureFile, Workspace};
use crate::engine::Registry;
use crate::local::check::FindingKind;

pub(super) fn actions(
    workspace: &Workspace,
    registry: &Registry,
    find: &FindProblems<'_>,
    uri: &Uri,
    diagnostics: &[Diagnostic],
) -> Vec<CodeActionOrCommand> {
    let Some(file) = workspace.file(uri) else { return Vec::new() };
    let undefined = diagnostics.iter().filter(|diagnostic| is_undefined(diagnostic));
    let undefined: Vec<_> = undefined.collect();
    let Some(target) = target(workspace, registry, file).filter(|_| !undefined.is_empty()) else {
        return Vec::new();
    };
    let findings = find(registry, &workspace.selection());
    let mut actions = Vec::new();
    for diagnostic in undefined {
        // The message begins with that of the finding, which may be at another step of this text.
        let finding = findings.iter().map(|(_, finding)| finding).find(|finding| {
            finding.kind == FindingKind::Undefined
                && diagnostic.message.starts_with(&finding.message)
        });
        let snippet = finding.and_then(|finding| finding.snippet.as_deref());
        if let Some(snippet) = snippet
            && let Some(edit) = insertion(workspace, &target, snippet)
        {
            actions.push(CodeActionOrCommand::CodeAction(CodeAction {
                title: format!("Create this step in {}", workspace.display(&target)),
                kind: Some(CodeActionKind::QUICKFIX),
                diagnostics: Some(vec![diagnostic.clone()]),
                edit: Some(edit),
                is_preferred: Some(true),
                ..CodeAction::default()
            }));
        }
    }
    actions
}

fn is_undefined(diagnostic: &Diagnostic) -> bool {
    let name = FindingKind::Undefined.name();
    matches!(&diagnostic.code, Some(NumberOrString::String(code)) if code == name)
}

/// Returns the file with most definitions of this feature's steps, or else of all definitions.
fn target(workspace: &Workspace, registry: &Registry, file: &FeatureFile) -> Option<PathBuf> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for step in steps_of(file) {
        for definition in step.definitions(registry) {
            *counts.entry(definition.at.file).or_default() += registry.definitions().len();
        }
    }
    for definition in registry.definitions() {
        *counts.entry(definition.at.file).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(file, count)| (std::cmp::Reverse(*count), *file));
    counts.into_iter().find_map(|(file, _)| workspace.source_path(file))
}

/// Returns the edit that adds a snippet to the end of a file.
#[expect(clippy::mutable_key_type, reason = "the type of the protocol; no address changes here")]
fn insertion(workspace: &Workspace, path: &Path, snippet: &str) -> Option<WorkspaceEdit> {
    let text = workspace.text_of(path)?;
    let end = text.trim_end().len();
    let range = Lines::range_of_bytes(&text, end, text.len());
    let snippet = with_imported_attribute(snippet, &text);
    let edit = TextEdit { range, new_text: format!("\n\n{snippet}") };
    let changes = HashMap::from([(workspace.uri_of(path)?, vec![edit])]);
    Some(WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() })
}

/// Writes the attribute with its path if the file does not import it.
fn with_imported_attribute(snippet: &str, text: &str) -> String {
    let attribute = snippet.strip_prefix("#[").and_then(|rest| rest.split('(').next());
    let is_known = |name: &str| {
        let imports = text.split(';').filter(|item| item.contains("use harmony_bdd::"));
        let words = |item: &str| {
            item.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '*')
                .any(|word| word == name || word == "*")
        };
        imports.into_iter().any(words)
    };
    match attribute {
        Some(name) if !is_known(name) => snippet.replacen("#[", "#[harmony_bdd::", 1),
        _ => snippet.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attribute_without_import_has_its_path() {
        let snippet = "#[then(\"x\")]\nfn x() {}\n";
        let known = "use harmony_bdd::{given, then};\n";
        assert_eq!(with_imported_attribute(snippet, known), snippet);
        let unknown = with_imported_attribute(snippet, "use harmony_bdd::given;\nfn then() {}\n");
        assert!(unknown.starts_with("#[harmony_bdd::then("), "{unknown}");
    }
}
