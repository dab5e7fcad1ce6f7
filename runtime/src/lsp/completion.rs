//! Completion: the steps of the registry as snippets, and keywords on an empty line.

use lsp_types::{
    CompletionItem, CompletionItemKind, CompletionTextEdit, Documentation, InsertTextFormat,
    MarkupContent, MarkupKind, Position, TextEdit, Uri,
};

use super::hover::describe;
use super::pattern::{Piece, pieces_of};
use super::position::Lines;
use super::steps::{language, uri_name};
use super::workspace::{FeatureFile, Workspace};
use crate::engine::{Registry, StepDefinition};
use crate::gherkin::{self, ast::KeywordType};
use crate::model::StepKeyword;

pub(super) fn completion(
    workspace: &Workspace,
    registry: &Registry,
    uri: &Uri,
    position: Position,
    has_snippets: bool,
) -> Vec<CompletionItem> {
    let Some(file) = workspace.file(uri) else { return Vec::new() };
    let lines = Lines::of(&file.text);
    let line = lines.get(position.line);
    let Some(step) = gherkin::step_in_line(uri_name(uri), line, language(file)) else {
        return keywords(file, &lines, position);
    };
    let start = line[..step.text_start].chars().count();
    if lines.chars_before(position) < start {
        return Vec::new();
    }
    let range = lines.range_to_end(position.line, start);
    let keyword = keyword_at(file, &lines, position.line);
    let mut items = Vec::new();
    for definition in registry.definitions() {
        let pieces = pieces_of(definition);
        let (text, is_snippet) = insert_text(&pieces, has_snippets);
        if text.is_empty() {
            continue;
        }
        let rank = if keyword == Some(definition.keyword) { 0 } else { 1 };
        items.push(CompletionItem {
            label: label(&pieces),
            kind: Some(CompletionItemKind::FUNCTION),
            detail: Some(format!("{} {}", definition.keyword, definition.function)),
            documentation: Some(documentation(workspace, definition)),
            sort_text: Some(format!("{rank} {}", definition.pattern.source)),
            filter_text: Some(label(&pieces)),
            insert_text_format: is_snippet.then_some(InsertTextFormat::SNIPPET),
            text_edit: Some(CompletionTextEdit::Edit(TextEdit { range, new_text: text })),
            ..CompletionItem::default()
        });
    }
    items
}

fn documentation(workspace: &Workspace, definition: &StepDefinition) -> Documentation {
    let value = describe(workspace, definition);
    Documentation::MarkupContent(MarkupContent { kind: MarkupKind::Markdown, value })
}

/// Returns the keywords that begin with the first word of a line.
fn keywords(file: &FeatureFile, lines: &Lines<'_>, position: Position) -> Vec<CompletionItem> {
    let line = lines.get(position.line);
    let start = line.chars().take_while(|c| c.is_whitespace()).count();
    let written = line.trim();
    if file.document.is_none() && written.is_empty() && position.line > 0 && file.errors.is_none() {
        return Vec::new();
    }
    let range = lines.range_to_end(position.line, start);
    let keywords = gherkin::keywords(language(file)).into_iter();
    let keywords = keywords.filter(|keyword| keyword.starts_with(written));
    let item = |keyword: String| CompletionItem {
        label: keyword.trim_end().to_owned(),
        kind: Some(CompletionItemKind::KEYWORD),
        text_edit: Some(CompletionTextEdit::Edit(TextEdit { range, new_text: keyword })),
        ..CompletionItem::default()
    };
    keywords.map(item).collect()
}

/// Returns the keyword of a step line; `And` and `But` have that of the step above.
pub(super) fn keyword_at(file: &FeatureFile, lines: &Lines<'_>, line: u32) -> Option<StepKeyword> {
    for line in (0..=line).rev() {
        let step = gherkin::step_in_line(uri_name(&file.uri), lines.get(line), language(file));
        match step.map(|step| step.keyword_type) {
            Some(KeywordType::Context) => return Some(StepKeyword::Given),
            Some(KeywordType::Action) => return Some(StepKeyword::When),
            Some(KeywordType::Outcome) => return Some(StepKeyword::Then),
            Some(KeywordType::Conjunction | KeywordType::Unknown) | None => {}
        }
    }
    None
}

/// Returns the pattern as a reader writes it.
fn label(pieces: &[Piece]) -> String {
    let text = pieces.iter().map(|piece| match piece {
        Piece::Text(text) => text.clone(),
        Piece::Parameter(name) => format!("{{{name}}}"),
        Piece::Choice(choices) => choices.first().cloned().unwrap_or_default(),
    });
    text.collect()
}

/// Returns the text to insert, and whether it has places to fill in.
fn insert_text(pieces: &[Piece], has_snippets: bool) -> (String, bool) {
    let mut text = String::new();
    let mut places = 0;
    let escape = |text: &str| {
        if !has_snippets {
            return text.to_owned();
        }
        text.replace('\\', "\\\\").replace('$', "\\$").replace('}', "\\}")
    };
    for piece in pieces {
        match piece {
            Piece::Text(plain) => text.push_str(&escape(plain)),
            Piece::Parameter(name) => {
                places += 1;
                let place = match has_snippets {
                    true => format!("${{{places}:{}}}", escape(name)),
                    false => format!("{{{name}}}"),
                };
                match name.as_str() {
                    "string" => text.push_str(&format!("\"{place}\"")),
                    _ => text.push_str(&place),
                }
            }
            Piece::Choice(choices) => {
                // An editor offers alternatives, but an optional ending is only deleted.
                let first = choices.first().map_or("", String::as_str);
                let is_plain = |choice: &String| !choice.is_empty() && !choice.contains([',', '|']);
                if has_snippets && choices.len() > 1 && choices.iter().all(is_plain) {
                    places += 1;
                    let choices: Vec<_> = choices.iter().map(|choice| escape(choice)).collect();
                    text.push_str(&format!("${{{places}|{}|}}", choices.join(",")));
                } else {
                    text.push_str(&escape(first));
                }
            }
        }
    }
    (text, has_snippets && places > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lsp::pattern::pieces;

    #[test]
    fn parameters_and_alternatives_are_places_of_a_snippet() {
        let inserted = |text: &str| insert_text(&pieces(text).unwrap(), true);
        let (text, is_snippet) = inserted("I put/place {int} apple(s) in {string} for $5");
        assert_eq!(text, "I ${1|put,place|} ${2:int} apples in \"${3:string}\" for \\$5");
        assert!(is_snippet);
        assert_eq!(inserted("all is well"), ("all is well".to_owned(), false));
        let plain = insert_text(&pieces("{int} apple(s)").unwrap(), false);
        assert_eq!(plain, ("{int} apples".to_owned(), false));
    }
}
