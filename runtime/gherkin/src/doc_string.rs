//! Delimiters, indentation and escapes of doc strings.

use super::ast::{DocString, Position};
use super::line::{Line, is_blank};

/// A doc string before its closing delimiter.
#[derive(Debug)]
pub(super) struct OpenDocString {
    pub(super) position: Position,
    pub(super) delimiter: &'static str,
    media_type: Option<String>,
    content: String,
    is_first_line: bool,
    /// True for a code block of Markdown: it has no escapes and nothing follows its closing delimiter.
    is_fenced: bool,
}

/// Returns the delimiter that `line` starts with, if no doc string is open.
pub(super) fn opening_delimiter(line: &Line<'_>) -> Option<&'static str> {
    ["\"\"\"", "```"].into_iter().find(|delimiter| line.trimmed.starts_with(delimiter))
}

impl OpenDocString {
    pub(super) fn open(line: &Line<'_>, delimiter: &'static str) -> Self {
        let media_type = line.trimmed[delimiter.len()..].trim_matches(is_blank);
        Self {
            position: line.position(),
            delimiter,
            media_type: (!media_type.is_empty()).then(|| media_type.to_owned()),
            content: String::new(),
            is_first_line: true,
            is_fenced: false,
        }
    }

    pub(super) fn open_fenced(line: &Line<'_>, delimiter: &'static str) -> Self {
        Self { is_fenced: true, ..Self::open(line, delimiter) }
    }

    /// Returns whether `line` closes the doc string; text after the delimiter is ignored.
    pub(super) fn is_closed_by(&self, line: &Line<'_>) -> bool {
        match self.is_fenced {
            true => line.trimmed.trim_end_matches(is_blank) == self.delimiter,
            false => line.trimmed.starts_with(self.delimiter),
        }
    }

    pub(super) fn push(&mut self, line: &Line<'_>) {
        if !std::mem::take(&mut self.is_first_line) {
            self.content.push('\n');
        }
        let text = line.without_indent(self.position.column.saturating_sub(1));
        let escaped = if self.delimiter == "```" { "\\`\\`\\`" } else { "\\\"\\\"\\\"" };
        if text.contains('\\') && !self.is_fenced {
            self.content.push_str(&text.replace(escaped, self.delimiter));
        } else {
            self.content.push_str(text);
        }
    }

    pub(super) fn close(self) -> DocString {
        DocString {
            position: self.position,
            delimiter: self.delimiter,
            media_type: self.media_type,
            content: self.content,
        }
    }
}
