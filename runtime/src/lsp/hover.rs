//! Hover: the docs and the signature of a step's function, and the values that it gets.

use std::fmt::Write as _;

use lsp_types::{Hover, HoverContents, MarkupContent, MarkupKind, Position, Uri};

use super::position::Lines;
use super::source;
use super::steps::step_at;
use super::workspace::Workspace;
use crate::engine::{MatchedStep, Registry, StepDefinition};

pub(super) fn hover(
    workspace: &Workspace,
    registry: &Registry,
    uri: &Uri,
    position: Position,
) -> Option<Hover> {
    let file = workspace.file(uri)?;
    let step = step_at(file, position)?;
    let definitions = step.definitions(registry);
    let texts: Vec<_> = definitions.iter().map(|found| describe(workspace, found)).collect();
    let mut value = match texts.as_slice() {
        [] => return None,
        [one] => one.clone(),
        several => {
            format!("{} definitions match\n\n{}", several.len(), several.join("\n\n---\n\n"))
        }
    };
    let matches = step.matches(registry);
    if let [(row, found)] = matches.as_slice()
        && let [found] = found.as_slice()
    {
        value.push_str(&values(found, &row.text));
    }
    let contents = HoverContents::Markup(MarkupContent { kind: MarkupKind::Markdown, value });
    let range = Lines::of(&file.text).range(step.line, step.start, step.end());
    Some(Hover { contents, range: Some(range) })
}

/// Returns signature, docs, pattern and place of a definition as Markdown.
pub(super) fn describe(workspace: &Workspace, definition: &StepDefinition) -> String {
    let path = workspace.source_path(definition.at.file);
    let text = path.and_then(|path| workspace.text_of(&path));
    let source = text.and_then(|text| source::find_function(&text, definition));
    let signature = match &source {
        Some(source) => source.signature.clone(),
        None => format!("fn {}", definition.function),
    };
    let mut described = format!("```rust\n{signature}\n```\n");
    if let Some(source) = source.filter(|source| !source.docs.is_empty()) {
        // Writing to a `String` cannot fail.
        let _ = writeln!(described, "\n{}", source.docs);
    }
    let keyword = definition.keyword;
    let _ = write!(
        described,
        "\n{keyword} `{}` · {}",
        definition.pattern.source,
        definition.location()
    );
    described
}

/// Returns the values of the parameters as a list.
fn values(found: &MatchedStep, text: &str) -> String {
    let mut list = String::from("\n");
    let parameters = found.definition.parameters();
    for (index, (name, capture)) in parameters.iter().zip(&found.captures).enumerate() {
        let value = capture.clone().map_or("none", |range| &text[range]);
        let name = if name.is_empty() { format!("value {}", index + 1) } else { name.to_string() };
        let _ = write!(list, "\n- `{name}` = `{value}`");
    }
    if parameters.is_empty() { String::new() } else { list }
}
