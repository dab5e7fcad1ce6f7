//! Lines of a feature file, and the properties of a line that do not depend on the lines before.

use super::ast::Position;

/// One line, without its line ending.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'t> {
    /// The line number, counted from 1.
    pub(super) number: u32,
    /// The whole line.
    pub(super) raw: &'t str,
    /// The line without its indentation.
    pub(super) trimmed: &'t str,
    /// The number of characters of indentation.
    pub(super) indent: u32,
}

impl<'t> Line<'t> {
    fn new(number: u32, raw: &'t str) -> Self {
        let trimmed = raw.trim_start_matches(is_blank);
        let indent = char_count(&raw[..raw.len() - trimmed.len()]);
        Self { number, raw, trimmed, indent }
    }

    /// Returns the position of the first character after the indentation.
    pub(super) fn position(&self) -> Position {
        Position { line: self.number, column: self.indent.saturating_add(1) }
    }

    /// Returns the line without its first `indent` characters, or without its indentation if that is less.
    pub(super) fn without_indent(&self, indent: u32) -> &'t str {
        if indent > self.indent {
            return self.trimmed;
        }
        let mut chars = self.raw.chars();
        for _ in 0..indent {
            chars.next();
        }
        chars.as_str()
    }

    /// Returns whether the line is empty or whitespace.
    pub(super) fn is_empty(&self) -> bool {
        self.trimmed.is_empty()
    }

    pub(super) fn is_comment(&self) -> bool {
        self.trimmed.starts_with('#')
    }

    pub(super) fn is_tags(&self) -> bool {
        self.trimmed.starts_with('@')
    }

    pub(super) fn is_row(&self) -> bool {
        self.trimmed.starts_with('|')
    }

    /// Returns the code in a line such as `# language: en`.
    pub(super) fn language(&self) -> Option<&'t str> {
        let rest = self.trimmed.strip_prefix('#')?.trim_start_matches(is_blank);
        let rest = rest.strip_prefix("language")?.trim_start_matches(is_blank);
        let code = rest.strip_prefix(':')?.trim_matches(is_blank);
        let is_code = |c: char| c.is_ascii_alphabetic() || c == '-' || c == '_';
        (!code.is_empty() && code.chars().all(is_code)).then_some(code)
    }
}

/// The lines of a text; cheap to clone, so that the parser can look ahead.
///
/// A last line of whitespace without a line ending is not a line.
#[derive(Debug, Clone)]
pub(super) struct Lines<'t> {
    rest: Option<&'t str>,
    number: u32,
}

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { rest: Some(text), number: 1 }
    }

    /// Returns the number of the line after the last one returned by `next`.
    pub(super) fn next_number(&self) -> u32 {
        self.number
    }
}

impl<'t> Iterator for Lines<'t> {
    type Item = Line<'t>;

    fn next(&mut self) -> Option<Line<'t>> {
        let rest = self.rest?;
        let raw = if let Some((line, after)) = rest.split_once('\n') {
            self.rest = Some(after);
            line.strip_suffix('\r').unwrap_or(line)
        } else {
            self.rest = None;
            if rest.trim_start_matches(is_blank).is_empty() {
                return None;
            }
            rest
        };
        let line = Line::new(self.number, raw);
        self.number = self.number.saturating_add(1);
        Some(line)
    }
}

/// Returns whether `c` is trimmed from the ends of a line.
///
/// The byte order mark is, as in the official parser.
pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == '\u{FEFF}'
}

/// Returns the length in characters.
pub(super) fn char_count(text: &str) -> u32 {
    u32::try_from(text.chars().count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw_lines(text: &str) -> Vec<&str> {
        Lines::new(text).map(|line| line.raw).collect()
    }

    #[test]
    fn lines_end_with_lf_or_crlf() {
        assert_eq!(raw_lines("a\nb\r\nc"), ["a", "b", "c"]);
        assert_eq!(raw_lines("a\n\n"), ["a", ""]);
        assert_eq!(raw_lines("a\n   "), ["a"]);
        assert_eq!(raw_lines("a\n   \n"), ["a", "   "]);
        assert_eq!(raw_lines(""), [""; 0]);
    }

    #[test]
    fn lone_carriage_return_does_not_end_a_line() {
        assert_eq!(raw_lines("a\rb\n"), ["a\rb"]);
    }

    #[test]
    fn indent_counts_characters() {
        let line = Line::new(1, "\u{A0}\u{3000}\tGiven");
        assert_eq!((line.indent, line.trimmed), (3, "Given"));
    }

    #[test]
    fn language_line_has_exactly_one_code() {
        let language = |raw| Line::new(1, raw).language();
        assert_eq!(language("  #\tlanguage  :  en-lol  "), Some("en-lol"));
        assert_eq!(language("#language:zh_CN"), Some("zh_CN"));
        assert_eq!(language("# language: en fr"), None);
        assert_eq!(language("# language:"), None);
        assert_eq!(language("# languages: en"), None);
        assert_eq!(language("# language: e9"), None);
    }
}
