//! Control characters and control sequences in text of users.

use std::borrow::Cow;

/// The control sequences that [`filter_control`] keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ControlFilter {
    /// Colors and other attributes of characters, which end with their line.
    KeepColors,
    /// None.
    RemoveAll,
}

/// Returns text that cannot change the state of a terminal: without control sequences other than those
/// that `filter` keeps, and without control characters other than line breaks and tabs.
pub fn filter_control(text: &str, filter: ControlFilter) -> Cow<'_, str> {
    if !has_control(text) {
        return Cow::Borrowed(text);
    }
    let mut filtered = String::with_capacity(text.len());
    let mut is_colored = false;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = sequence_length(rest);
        let (sequence, after) = rest.split_at(length.max(c.len_utf8()));
        rest = after;
        match c {
            _ if length > 0 => {
                if filter == ControlFilter::KeepColors && is_color(sequence) {
                    filtered.push_str(sequence);
                    is_colored = !matches!(sequence, "\x1b[m" | "\x1b[0m");
                }
            }
            '\n' => {
                if std::mem::take(&mut is_colored) {
                    filtered.push_str(RESET);
                }
                filtered.push(c);
            }
            '\r' => {}
            '\t' => filtered.push(c),
            c if c.is_control() => filtered.push('\u{FFFD}'),
            c => filtered.push(c),
        }
    }
    if is_colored {
        filtered.push_str(RESET);
    }
    Cow::Owned(filtered)
}

/// Returns whether the text has control characters other than line breaks and tabs.
fn has_control(text: &str) -> bool {
    // Most text is ASCII, whose bytes need no decoding.
    let is_plain = |byte: u8| matches!(byte, b' '..=b'~' | b'\n' | b'\t');
    !text.bytes().all(is_plain)
        && text.contains(|c: char| c.is_control() && !matches!(c, '\n' | '\t'))
}

/// Returns text in one line: without control sequences, and with line breaks and tabs escaped as in Rust.
pub fn single_line(text: &str) -> Cow<'_, str> {
    if !text.contains(char::is_control) {
        return Cow::Borrowed(text);
    }
    let filtered = filter_control(text, ControlFilter::RemoveAll);
    Cow::Owned(filtered.replace('\n', "\\n").replace('\t', "\\t"))
}

const RESET: &str = "\x1b[0m";

/// Returns whether a control sequence only sets attributes of characters.
fn is_color(sequence: &str) -> bool {
    let parameters = sequence.strip_prefix("\x1b[").and_then(|rest| rest.strip_suffix('m'));
    parameters.is_some_and(|parameters| {
        parameters.chars().all(|c| c.is_ascii_digit() || matches!(c, ';' | ':'))
    })
}

/// Returns the length in bytes of the control sequence at the start of `text`; 0 if there is none.
///
/// An unfinished sequence ends with its line.
fn sequence_length(text: &str) -> usize {
    let Some(rest) = text.strip_prefix('\x1b') else { return 0 };
    let line_length = text.find('\n').unwrap_or(text.len());
    let end = match rest.chars().next() {
        // CSI: parameters, then one final byte.
        Some('[') => rest[1..].find(|c: char| ('\x40'..='\x7e').contains(&c)).map(|at| at + 3),
        // OSC, DCS, SOS, PM and APC: text up to BEL or ST.
        Some(']' | 'P' | 'X' | '^' | '_') => {
            let bell = rest.find('\x07').map(|at| at + 2);
            let terminator = rest.find("\x1b\\").map(|at| at + 3);
            [bell, terminator].into_iter().flatten().min()
        }
        // Two or three characters, such as the choice of a character set.
        Some('(' | ')' | '#' | ' ' | '%') => rest.chars().nth(1).map(|c| 2 + c.len_utf8()),
        Some(c) if c != '\n' => Some(1 + c.len_utf8()),
        _ => Some(1),
    };
    end.unwrap_or(line_length).min(line_length).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Cow<'_, str> {
        filter_control(text, ControlFilter::RemoveAll)
    }

    #[test]
    fn sequences_are_removed_as_a_whole() {
        assert_eq!(plain("\x1b[1;31mred\x1b[0m and \x1b[2Kgone"), "red and gone");
        assert_eq!(plain("\x1b]0;title\x07text \x1b]8;;url\x1b\\link"), "text link");
        assert_eq!(plain("\x1b(Bset \x1b7saved"), "set saved");
        assert_eq!(plain("a\r\nb\tc\x07"), "a\nb\tc\u{FFFD}");
    }

    #[test]
    fn unfinished_sequence_ends_with_its_line() {
        assert_eq!(plain("\x1b]0;title\nnext \x1b["), "\nnext ");
        assert_eq!(plain("end\x1b"), "end");
    }

    #[test]
    fn kept_colors_end_with_their_line() {
        let colors = |text| filter_control(text, ControlFilter::KeepColors).into_owned();
        assert_eq!(colors("\x1b[31mred\nplain\x1b[2J"), "\x1b[31mred\x1b[0m\nplain");
        assert_eq!(colors("\x1b[31mred\x1b[0m\n"), "\x1b[31mred\x1b[0m\n");
    }

    #[test]
    fn plain_text_is_unchanged() {
        assert!(matches!(plain("plain ü 日本\n\t"), Cow::Borrowed(_)));
    }

    #[test]
    fn line_breaks_are_escaped() {
        assert_eq!(single_line("a\nb\x1b[0m\tc"), "a\\nb\\tc");
    }
}
