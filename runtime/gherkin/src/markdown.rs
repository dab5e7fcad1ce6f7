//! The lines of Gherkin in Markdown.
//!
//! Follows the official parser: a heading with a keyword is a title, an item of a list with a keyword is
//! a step, a table indented by two to five characters belongs to the step or examples above, and tags
//! are in backticks. The language is always English.

use super::ast::{Position, Tag};
use super::hint;
use super::language::Language;
use super::line::{Line, Lines, char_count};
use super::table;

/// More levels of headings do not exist.
const MAX_HEADING: usize = 6;
/// The longest delimiter of a code block.
const LONGEST_FENCE: &str = "````````````````````````````````";
const SHORTEST_FENCE: usize = 3;

/// Returns a heading without its marker, such as `## `.
pub(super) fn without_heading<'t>(line: &Line<'t>) -> Option<Line<'t>> {
    let rest = line.trimmed.trim_start_matches('#');
    let level = line.trimmed.len() - rest.len();
    let mut chars = rest.chars();
    let is_heading = (1..=MAX_HEADING).contains(&level) && chars.next()?.is_whitespace();
    is_heading.then(|| without_marker(line, chars.as_str()))
}

/// Returns an item of a list without its bullet.
pub(super) fn without_bullet<'t>(line: &Line<'t>) -> Option<Line<'t>> {
    let rest = line.trimmed.strip_prefix(['*', '+', '-'])?;
    Some(without_marker(line, rest.trim_start()))
}

fn without_marker<'t>(line: &Line<'t>, rest: &'t str) -> Line<'t> {
    let marker = &line.trimmed[..line.trimmed.len() - rest.len()];
    let indent = line.indent.saturating_add(char_count(marker));
    Line { trimmed: rest, indent, ..*line }
}

/// Returns whether the line is a row of a table that has a meaning.
pub(super) fn is_row(line: &Line<'_>) -> bool {
    line.is_row() && (2..=5).contains(&line.indent) && !is_table_separator(line)
}

/// Returns whether the line separates the head of a table from its body. One cell of dashes suffices.
pub(super) fn is_table_separator(line: &Line<'_>) -> bool {
    let is_dashes = |cell: &str| {
        let cell = cell.strip_prefix(':').unwrap_or(cell);
        let cell = cell.strip_suffix(':').unwrap_or(cell);
        !cell.is_empty() && cell.chars().all(|c| c == '-')
    };
    line.is_row() && table::parse_row(line).cells.iter().any(|cell| is_dashes(&cell.value))
}

/// Returns the tags of a line: each is in backticks and starts with `@`.
pub(super) fn tags(line: &Line<'_>) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut start = 0;
    while let Some(at) = line.trimmed[start..].find("`@") {
        let name_start = start + at + 1;
        let Some(length) = line.trimmed[name_start..].find('`') else { break };
        let name = &line.trimmed[name_start..name_start + length];
        // Nothing is between `@` and the backtick: the backtick may open the next tag.
        if name.len() == 1 {
            start = name_start + length;
            continue;
        }
        let before = char_count(&line.trimmed[..name_start]);
        let column = line.indent.saturating_add(before).saturating_add(1);
        let position = Position { line: line.number, column };
        tags.push(Tag { position, name: name.to_owned() });
        start = name_start + length + 1;
    }
    tags
}

/// Returns the delimiter that opens a code block.
pub(super) fn fence(line: &Line<'_>) -> Option<&'static str> {
    let length = line.trimmed.len() - line.trimmed.trim_start_matches('`').len();
    (length >= SHORTEST_FENCE).then(|| LONGEST_FENCE.get(..length)).flatten()
}

/// Returns the items that begin with a mistyped keyword, outside of code blocks.
pub(super) fn mistyped_items(text: &str) -> Vec<(Position, &str, &'static str)> {
    let language = Language::english();
    let mut items = Vec::new();
    let mut open_fence = None;
    for line in Lines::new(text) {
        match (open_fence, fence(&line)) {
            (None, Some(delimiter)) => open_fence = Some(delimiter),
            (Some(open), Some(delimiter)) if open == delimiter => open_fence = None,
            _ => {}
        }
        let Some(item) = without_bullet(&line) else { continue };
        if open_fence.is_none()
            && language.step(item.trimmed).is_none()
            && let Some(word) = hint::suggest_step_keyword(item.trimmed, language.code)
        {
            items.push((item.position(), item.trimmed, word));
        }
    }
    items
}
