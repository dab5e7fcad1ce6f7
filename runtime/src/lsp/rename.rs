//! Rename: the text of a step, in the attribute and in every feature file.

use std::collections::HashMap;
use std::ops::Range;

use lsp_types::{Position, PrepareRenameResponse, TextEdit, Uri, WorkspaceEdit};

use super::navigation::definitions_at;
use super::pattern::{Piece, pieces, spellings};
use super::position::Lines;
use super::refusal::Refusal;
use super::source;
use super::steps::{RowText, WrittenStep, step_at, steps_with};
use super::uri;
use super::workspace::{FeatureFile, Workspace, identity};
use crate::engine::{Registry, StepDefinition};
use crate::model::PatternKind;
use crate::text::edit_distance;

/// Returns the range to rename and its pattern; `None` outside of steps and patterns.
pub(super) fn prepare(
    workspace: &Workspace,
    registry: &Registry,
    uri: &Uri,
    position: Position,
) -> Result<Option<PrepareRenameResponse>, Refusal> {
    let definitions = definitions_at(workspace, registry, uri, position);
    let range = match workspace.file(uri) {
        Some(file) => step_at(file, position)
            .map(|step| Lines::of(&file.text).range(step.line, step.start, step.end())),
        None => pattern_range(workspace, uri, position, definitions.first().copied()),
    };
    let Some(range) = range else { return Ok(None) };
    let [definition] = definitions.as_slice() else { return Err(Refusal::NoStep) };
    if definition.pattern.kind == PatternKind::Regex {
        return Err(Refusal::Regex);
    }
    let placeholder = definition.pattern.source.to_owned();
    Ok(Some(PrepareRenameResponse::RangeWithPlaceholder { range, placeholder }))
}

/// Returns the range of the pattern in its attribute, if the position is in it.
fn pattern_range(
    workspace: &Workspace,
    uri: &Uri,
    position: Position,
    definition: Option<&'static StepDefinition>,
) -> Option<lsp_types::Range> {
    let text = workspace.text_of(&identity(&uri::to_path(uri)?))?;
    let literal = source::find_pattern(&text, definition?)?;
    let range = Lines::range_of_bytes(&text, literal.range.start, literal.range.end);
    (range.start <= position && position <= range.end).then_some(range)
}

/// Returns the edits that give the definition at a position another pattern.
#[expect(clippy::mutable_key_type, reason = "the type of the protocol; no address changes here")]
pub(super) fn rename(
    workspace: &Workspace,
    registry: &Registry,
    uri: &Uri,
    position: Position,
    new_pattern: &str,
) -> Result<WorkspaceEdit, Refusal> {
    let definitions = definitions_at(workspace, registry, uri, position);
    let [definition] = definitions.as_slice() else { return Err(Refusal::NoStep) };
    let new = new_pieces(definition, new_pattern)?;
    let mut changes: HashMap<Uri, Vec<TextEdit>> = HashMap::new();
    let (source_uri, edit) = edit_of_attribute(workspace, definition, new_pattern)?;
    changes.entry(source_uri).or_default().push(edit);
    for (file, step) in steps_with(workspace, registry, definition) {
        let new_text = renamed(registry, definition, file, &step, &new)?;
        let range = Lines::of(&file.text).range(step.line, step.start, step.end());
        changes.entry(file.uri.clone()).or_default().push(TextEdit { range, new_text });
    }
    Ok(WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() })
}

/// Takes the new pattern apart, which must have the parameters of the old one.
fn new_pieces(definition: &StepDefinition, new_pattern: &str) -> Result<Vec<Piece>, Refusal> {
    let old = match definition.pattern.kind {
        PatternKind::Regex => return Err(Refusal::Regex),
        PatternKind::Literal => return Ok(vec![Piece::Text(new_pattern.to_owned())]),
        PatternKind::Expression => parameters(&pieces(definition.pattern.source)?),
    };
    let new = pieces(new_pattern)?;
    if parameters(&new) == old { Ok(new) } else { Err(Refusal::Parameter(old.join(" "))) }
}

fn parameters(pieces: &[Piece]) -> Vec<String> {
    let name = |piece: &Piece| match piece {
        Piece::Parameter(name) => Some(format!("{{{name}}}")),
        Piece::Text(_) | Piece::Choice(_) => None,
    };
    pieces.iter().filter_map(name).collect()
}

fn edit_of_attribute(
    workspace: &Workspace,
    definition: &StepDefinition,
    new_pattern: &str,
) -> Result<(Uri, TextEdit), Refusal> {
    let path = workspace.source_path(definition.at.file);
    let found = path.and_then(|path| {
        let text = workspace.text_of(&path)?;
        let literal = source::find_pattern(&text, definition)?;
        let range = Lines::range_of_bytes(&text, literal.range.start, literal.range.end);
        let new_text = source::quoted_like(&literal, new_pattern);
        Some((workspace.uri_of(&path)?, TextEdit { range, new_text }))
    });
    found.ok_or_else(|| Refusal::NotInSource {
        file: definition.at.file.to_owned(),
        pattern: definition.pattern.source.to_owned(),
        function: definition.function.to_owned(),
    })
}

/// Returns the new text of a step, with its values and placeholders as written.
fn renamed(
    registry: &Registry,
    definition: &StepDefinition,
    file: &FeatureFile,
    step: &WrittenStep,
    new: &[Piece],
) -> Result<String, Refusal> {
    let part_of_value = || Refusal::PartOfValue {
        file: file.document.as_ref().map(|d| d.path.to_string()).unwrap_or_default(),
        line: step.line + 1,
    };
    for (row, found) in step.matches(registry) {
        let is_it =
            |found: &&crate::engine::MatchedStep| std::ptr::eq(found.definition, definition);
        let Some(found) = found.iter().find(is_it) else { continue };
        let values: Option<Vec<_>> =
            found.captures.iter().flatten().map(|range| row.written(range)).collect();
        let values = values.ok_or_else(part_of_value)?;
        // The other rows must agree, or one of them has a value where this one has a fixed text.
        if step.rows.iter().any(|other| other.values.len() != row.values.len()) {
            return Err(part_of_value());
        }
        let values: Vec<_> = values.into_iter().map(|range| &step.text[range]).collect();
        let text = filled(new, &values, &step.text);
        refuse_if_taken(registry, definition, &text, row)?;
        return Ok(text);
    }
    Err(Refusal::NoStep)
}

/// Returns the new pattern with these values. Of its choices it has those that change the old text least.
fn filled(new: &[Piece], values: &[&str], old: &str) -> String {
    let mut values = values.iter();
    let filled: Vec<_> = new
        .iter()
        .map(|piece| match piece {
            Piece::Parameter(_) => Piece::Text((*values.next().unwrap_or(&"")).to_owned()),
            other => other.clone(),
        })
        .collect();
    let old: Vec<char> = old.chars().collect();
    let distance = |text: &String| {
        let text: Vec<char> = text.chars().collect();
        edit_distance(&old, &text, old.len() + text.len()).unwrap_or(usize::MAX)
    };
    spellings(&filled).into_iter().min_by_key(distance).unwrap_or_default()
}

fn refuse_if_taken(
    registry: &Registry,
    definition: &StepDefinition,
    text: &str,
    row: &RowText,
) -> Result<(), Refusal> {
    // The text of this row: each placeholder has its value.
    let mut row_text = text.to_owned();
    for (value, placeholder) in row.values.iter().rev() {
        let value = &row.text[value.clone()];
        row_text = replaced(&row_text, placeholder, value);
    }
    let others = registry.matches(&row_text).unwrap_or_default();
    match others.iter().find(|other| !std::ptr::eq(other.definition, definition)) {
        None => Ok(()),
        Some(other) => Err(Refusal::Taken {
            function: other.definition.function.to_owned(),
            location: other.definition.location().to_string(),
            text: row_text,
        }),
    }
}

fn replaced(text: &str, placeholder: &Range<usize>, value: &str) -> String {
    match text.get(placeholder.clone()) {
        Some(found) if found.starts_with('<') && found.ends_with('>') => {
            format!("{}{value}{}", &text[..placeholder.start], &text[placeholder.end..])
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_stay_near_the_old_text() {
        let new = pieces("{int} pear(s) go/goes into {string}").unwrap();
        let text = filled(&new, &["1", "'box'"], "1 apple goes into 'box'");
        assert_eq!(text, "1 pear goes into 'box'");
        let text = filled(&new, &["<n>", "'<box>'"], "<n> apples go into '<box>'");
        assert_eq!(text, "<n> pears go into '<box>'");
    }
}
