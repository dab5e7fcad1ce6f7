//! The lines of a value that was printed by `Debug`: a field a line, and a text by its own lines.

/// Returns the lines of `text`. A value of one line is laid out as `{:#?}` would lay it out; a quoted
/// text with line breaks becomes its lines.
pub(super) fn debug_lines(text: &str) -> Vec<String> {
    if text.contains('\n') {
        return text.lines().map(str::to_owned).collect();
    }
    if let Some(inner) = quoted(text)
        && inner.contains("\\n")
    {
        return inner
            .replace("\\n", "\n")
            .replace("\\\"", "\"")
            .lines()
            .map(str::to_owned)
            .collect();
    }
    let mut layout = Layout::default();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = layout.add(c, rest);
    }
    layout.end_line();
    layout.lines
}

/// Returns the content of a text that is one quoted string.
fn quoted(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('"')?.strip_suffix('"')?;
    let is_whole = literal_length(text) == text.len();
    is_whole.then_some(inner)
}

/// Lines of a value, being laid out.
#[derive(Debug, Default)]
struct Layout {
    lines: Vec<String>,
    line: String,
    depth: usize,
}

impl Layout {
    /// Adds the character `c`, or the whole literal that it begins; returns what follows.
    fn add<'t>(&mut self, c: char, rest: &'t str) -> &'t str {
        let mut length = c.len_utf8();
        match c {
            '{' | '[' | '(' => {
                self.line.push(c);
                let after = rest[length..].trim_start();
                if after.starts_with(['}', ']', ')']) {
                    return after;
                }
                self.depth += 1;
                self.end_line();
                return after;
            }
            '}' | ']' | ')' => {
                self.line.truncate(self.line.trim_end().len().max(4 * self.depth));
                if !self.line.trim().is_empty() && !self.line.ends_with(['{', '[', '(']) {
                    self.line.push(',');
                    self.end_line();
                }
                if !self.line.ends_with(['{', '[', '(']) {
                    self.depth = self.depth.saturating_sub(1);
                    self.line = "    ".repeat(self.depth);
                }
                self.line.push(c);
            }
            ',' => {
                self.line.push(c);
                self.end_line();
                return rest[length..].trim_start();
            }
            '"' => {
                length = literal_length(rest);
                self.line.push_str(&rest[..length]);
            }
            c => self.line.push(c),
        }
        &rest[length..]
    }

    fn end_line(&mut self) {
        let line = std::mem::replace(&mut self.line, "    ".repeat(self.depth));
        if !line.trim().is_empty() {
            self.lines.push(line.trim_end().to_owned());
        }
    }
}

/// Returns the length in bytes of the string literal at the start of `text`.
fn literal_length(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layout_is_that_of_the_pretty_debug_format() {
        #[derive(Debug)]
        #[expect(dead_code, reason = "printed only")]
        struct Value {
            name: &'static str,
            list: Vec<Option<u8>>,
            empty: Vec<u8>,
            pair: (u8, char),
        }
        let value = Value {
            name: "a, {b} \"c\"",
            list: vec![Some(1), None],
            empty: vec![],
            pair: (1, 'x'),
        };
        let expected: Vec<_> = format!("{value:#?}").lines().map(str::to_owned).collect();
        assert_eq!(debug_lines(&format!("{value:?}")), expected);
    }

    #[test]
    fn simple_values_are_one_line() {
        assert_eq!(debug_lines("12"), ["12"]);
        assert_eq!(debug_lines("\"a b\""), ["\"a b\""]);
        assert_eq!(debug_lines("[]"), ["[]"]);
    }
}
