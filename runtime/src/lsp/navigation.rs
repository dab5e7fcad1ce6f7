//! Go to definition, and references from a step or from its function.

use std::path::Path;

use lsp_types::{Location, Position, Uri};

use super::position::Lines;
use super::source;
use super::steps::{step_at, steps_with};
use super::uri;
use super::workspace::{Workspace, identity};
use crate::engine::{Registry, StepDefinition};

/// Returns the functions of the step at a position.
pub(super) fn definition(
    workspace: &Workspace,
    registry: &Registry,
    uri: &Uri,
    position: Position,
) -> Vec<Location> {
    let definitions = definitions_at(workspace, registry, uri, position);
    definitions.into_iter().filter_map(|found| place(workspace, found)).collect()
}

/// Returns the steps with the definition of the step or function at a position.
pub(super) fn references(
    workspace: &Workspace,
    registry: &Registry,
    uri: &Uri,
    position: Position,
    with_declaration: bool,
) -> Vec<Location> {
    let mut found = Vec::new();
    for definition in definitions_at(workspace, registry, uri, position) {
        if with_declaration {
            found.extend(place(workspace, definition));
        }
        for (file, step) in steps_with(workspace, registry, definition) {
            let range = Lines::of(&file.text).range(step.line, step.start, step.end());
            found.push(Location { uri: file.uri.clone(), range });
        }
    }
    found
}

/// Returns the definitions of the step at a position of a feature file, or those whose function or
/// attributes are at a position of a source file.
pub(super) fn definitions_at(
    workspace: &Workspace,
    registry: &Registry,
    uri: &Uri,
    position: Position,
) -> Vec<&'static StepDefinition> {
    if let Some(file) = workspace.file(uri) {
        return step_at(file, position).map_or_else(Vec::new, |step| step.definitions(registry));
    }
    let Some(path) = uri::to_path(uri) else { return Vec::new() };
    let path = identity(&path);
    let Some(text) = workspace.text_of(&path) else { return Vec::new() };
    let is_here = |definition: &&'static StepDefinition| {
        is_source(workspace, &path, definition)
            && source::find_function(&text, definition).is_some_and(|found| {
                let range = Lines::range_of_bytes(&text, found.head.start, found.head.end);
                (range.start.line..=range.end.line).contains(&position.line)
            })
    };
    let found: Vec<_> = registry.definitions().filter(is_here).collect();
    // A function with several attributes: the one on this line, if there is one.
    let on_line = found.iter().copied().filter(|definition| {
        source::find_pattern(&text, definition).is_some_and(|literal| {
            let range = Lines::range_of_bytes(&text, literal.range.start, literal.range.end);
            range.start.line == position.line
        })
    });
    let on_line: Vec<_> = on_line.collect();
    if on_line.is_empty() { found } else { on_line }
}

fn is_source(workspace: &Workspace, path: &Path, definition: &StepDefinition) -> bool {
    workspace.source_path(definition.at.file).is_some_and(|file| file == path)
}

/// Returns the name of the function, or the line of the build if it cannot be found.
fn place(workspace: &Workspace, definition: &StepDefinition) -> Option<Location> {
    let path = workspace.source_path(definition.at.file)?;
    let text = workspace.text_of(&path)?;
    let range = match source::find_function(&text, definition) {
        Some(found) => Lines::range_of_bytes(&text, found.name.start, found.name.end),
        None => Lines::of(&text).range(definition.at.line.saturating_sub(1), 0, 0),
    };
    Some(Location { uri: workspace.uri_of(&path)?, range })
}
