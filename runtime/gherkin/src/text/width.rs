//! Display width of text in a terminal: measuring, cutting and wrapping.

use std::borrow::Cow;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Marks the place where text was left out.
const ELLIPSIS: char = '…';

/// Joins the characters around it into one.
const ZERO_WIDTH_JOINER: char = '\u{200D}';

/// Returns the number of columns that `text` occupies.
pub fn display_width(text: &str) -> usize {
    text.width()
}

/// Returns spaces that occupy as many columns as `text`. Tabs stay tabs.
pub fn blank_of_same_width(text: &str) -> String {
    let mut blank = String::new();
    for c in text.chars() {
        match c {
            '\t' => blank.push(c),
            c => blank.extend(std::iter::repeat_n(' ', c.width().unwrap_or(0))),
        }
    }
    blank
}

/// Returns text of at most `width` columns: longer text loses its end.
pub fn cut_end(text: &str, width: usize) -> Cow<'_, str> {
    if display_width(text) <= width {
        return Cow::Borrowed(text);
    }
    let Some(room) = width.checked_sub(1) else { return Cow::Borrowed("") };
    let mut cut = text[..prefix_length(text, room)].trim_end().to_owned();
    cut.push(ELLIPSIS);
    Cow::Owned(cut)
}

/// Returns text of at most `width` columns: longer text loses its middle, so that a number at its start
/// and what distinguishes it at its end stay.
pub fn cut_middle(text: &str, width: usize) -> Cow<'_, str> {
    if display_width(text) <= width {
        return Cow::Borrowed(text);
    }
    let Some(room) = width.checked_sub(1) else { return Cow::Borrowed("") };
    let start = prefix_length(text, room - room / 3);
    let rest = &text[start..];
    let end = rest.len() - suffix_length(rest, room / 3);
    Cow::Owned(format!("{}{ELLIPSIS}{}", &text[..start], &rest[end..]))
}

/// Returns the lines of `text`, broken at spaces into lines of at most `width` columns. A longer word is
/// broken anywhere.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = Vec::new();
    for line in text.lines() {
        let mut rest = line.trim_end();
        while display_width(rest) > width {
            let length = prefix_length(rest, width).max(first_length(rest));
            let at = match rest[..length].trim_end().rfind(' ') {
                _ if rest[length..].starts_with(' ') => length,
                Some(space) if !rest[..space].trim().is_empty() => space,
                _ => length,
            };
            lines.push(rest[..at].trim_end().to_owned());
            rest = rest[at..].trim_start();
        }
        if !rest.is_empty() || line.trim().is_empty() {
            lines.push(rest.to_owned());
        }
    }
    lines
}

/// Returns the length in bytes of the longest start of `text` of at most `width` columns.
fn prefix_length(text: &str, width: usize) -> usize {
    let fits = |at: &usize| {
        text[..*at].chars().filter_map(UnicodeWidthChar::width).sum::<usize>() <= width
    };
    boundaries(text).take_while(fits).last().unwrap_or(0)
}

/// Returns the length in bytes of the longest end of `text` of at most `width` columns.
fn suffix_length(text: &str, width: usize) -> usize {
    let fits = |at: &usize| display_width(&text[*at..]) <= width;
    text.len() - boundaries(text).find(fits).unwrap_or(text.len())
}

/// Returns the positions between characters. A mark, and a character after a joiner, belongs to the
/// character before it.
fn boundaries(text: &str) -> impl Iterator<Item = usize> {
    let starts_character = |(at, c): &(usize, char)| {
        c.width().unwrap_or(0) > 0 && !text[..*at].ends_with(ZERO_WIDTH_JOINER)
    };
    text.char_indices().filter(move |it| starts_character(it)).map(|(at, _)| at).chain([text.len()])
}

fn first_length(text: &str) -> usize {
    text.chars().next().map_or(0, char::len_utf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_have_two_columns() {
        assert_eq!(display_width("日本 x"), 6);
        assert_eq!(blank_of_same_width("\t日e\u{301}"), "\t   ");
    }

    #[test]
    fn text_that_fits_is_unchanged() {
        assert_eq!(cut_end("日本", 4), "日本");
        assert_eq!(cut_middle("abc", 3), "abc");
    }

    #[test]
    fn end_is_cut_by_width() {
        assert_eq!(cut_end("abcdef", 4), "abc…");
        assert_eq!(cut_end("日本語", 4), "日…");
        assert_eq!(cut_end("日本語", 5), "日本…");
        assert_eq!(cut_end("ab cdef", 4), "ab…");
        assert_eq!(cut_end("abc", 0), "");
    }

    #[test]
    fn cut_does_not_separate_joined_characters() {
        let family = "\u{1F469}\u{200D}\u{1F467} at home";
        assert_eq!(cut_end(family, 3), "…");
        assert!(cut_end("e\u{301}e\u{301}e\u{301}", 2).starts_with("e\u{301}…"));
        let cut = cut_middle("at home and away with \u{1F469}\u{200D}\u{1F467}", 12);
        assert!(!cut.contains('\u{200D}') || cut.contains(&family[..11]), "{cut}");
    }

    #[test]
    fn middle_is_cut_by_width() {
        let cut = cut_middle("13.8 - A handler [reader=rust]", 20);
        assert_eq!(cut, "13.8 - A hand…=rust]");
        assert!(display_width(&cut_middle("日本語日本語日本語日本語", 9)) <= 9);
    }

    #[test]
    fn wrapped_lines_fit() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrap("日本語", 1), ["日", "本", "語"]);
        assert_eq!(wrap("a\n\nb", 9), ["a", "", "b"]);
    }
}
