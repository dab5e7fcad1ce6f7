//! Tags of one line.

use super::ast::{Position, Tag};
use super::line::{Line, char_count, is_blank};

/// A tag that contains whitespace.
#[derive(Debug)]
pub(super) struct BlankInTag {
    pub(super) position: Position,
    /// The tag up to the next `@`, without trailing whitespace.
    pub(super) tag: String,
}

/// Parses a line that starts with `@`: each `@` starts a tag, ` #` starts a comment.
///
/// An `@` without a name is ignored.
pub(super) fn parse_tags(line: &Line<'_>) -> Result<Vec<Tag>, BlankInTag> {
    let mut tags = Vec::new();
    let mut column = line.indent.saturating_add(1);
    for piece in without_comment(line.trimmed).split('@').skip(1) {
        let name = piece.trim_end_matches(is_blank);
        let position = Position { line: line.number, column };
        if name.contains(is_blank) {
            return Err(BlankInTag { position, tag: format!("@{name}") });
        }
        if !name.is_empty() {
            tags.push(Tag { position, name: format!("@{name}") });
        }
        column = column.saturating_add(char_count(piece)).saturating_add(1);
    }
    Ok(tags)
}

pub(super) fn without_comment(text: &str) -> &str {
    let mut previous = None;
    for (index, c) in text.char_indices() {
        if let (Some(before), '#') = (previous, c)
            && is_blank(before)
        {
            return &text[..index];
        }
        previous = Some(c);
    }
    text
}
