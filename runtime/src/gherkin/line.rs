//! Lines of a feature file and what can be said of one without knowing what came before.

use super::ast::Position;

/// One line, its end removed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'t> {
    /// Counted from 1.
    pub(super) number: u32,
    /// The line as it stands.
    pub(super) raw: &'t str,
    /// The line without its indentation.
    pub(super) trimmed: &'t str,
    /// Characters of indentation.
    pub(super) indent: u32,
}

impl<'t> Line<'t> {
    fn new(number: u32, raw: &'t str) -> Self {
        let trimmed = raw.trim_start_matches(is_blank);
        let indent = char_count(&raw[..raw.len() - trimmed.len()]);
        Self { number, raw, trimmed, indent }
    }

    /// Where the first character after the indentation stands.
    pub(super) fn position(&self) -> Position {
        Position { line: self.number, column: self.indent.saturating_add(1) }
    }

    /// Whether there is nothing but blanks.
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

    /// The code in a line such as `# language: en`.
    pub(super) fn language(&self) -> Option<&'t str> {
        let rest = self.trimmed.strip_prefix('#')?.trim_start_matches(is_blank);
        let rest = rest.strip_prefix("language")?.trim_start_matches(is_blank);
        let code = rest.strip_prefix(':')?.trim_matches(is_blank);
        let is_code = |c: char| c.is_ascii_alphabetic() || c == '-' || c == '_';
        (!code.is_empty() && code.chars().all(is_code)).then_some(code)
    }
}

/// The lines of a text; cheap to clone, which is how the grammar looks ahead.
///
/// A last line of nothing but blanks that no line end closes is not a line.
#[derive(Debug, Clone)]
pub(super) struct Lines<'t> {
    rest: Option<&'t str>,
    number: u32,
}

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { rest: Some(text), number: 1 }
    }

    /// The number of the line after the last one `next` gave.
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

/// Whether `c` counts as a blank at the ends of a line.
///
/// The byte order mark counts: the official parser removes it there too.
pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == '\u{FEFF}'
}

/// Length in characters.
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
    fn a_line_ends_with_lf_or_crlf_and_the_last_one_may_be_open() {
        assert_eq!(raw_lines("a\nb\r\nc"), ["a", "b", "c"]);
        assert_eq!(raw_lines("a\n\n"), ["a", ""]);
        assert_eq!(raw_lines("a\n   "), ["a"]);
        assert_eq!(raw_lines("a\n   \n"), ["a", "   "]);
        assert_eq!(raw_lines(""), [""; 0]);
    }

    #[test]
    fn a_lone_carriage_return_ends_no_line() {
        assert_eq!(raw_lines("a\rb\n"), ["a\rb"]);
    }

    #[test]
    fn the_indent_counts_characters_not_bytes() {
        let line = Line::new(1, "\u{A0}\u{3000}\tGiven");
        assert_eq!((line.indent, line.trimmed), (3, "Given"));
    }

    #[test]
    fn a_language_line_may_be_spaced_freely_but_holds_one_code_only() {
        let language = |raw| Line::new(1, raw).language();
        assert_eq!(language("  #\tlanguage  :  en-lol  "), Some("en-lol"));
        assert_eq!(language("#language:zh_CN"), Some("zh_CN"));
        assert_eq!(language("# language: en fr"), None);
        assert_eq!(language("# language:"), None);
        assert_eq!(language("# languages: en"), None);
        assert_eq!(language("# language: e9"), None);
    }
}
