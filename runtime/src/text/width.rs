//! The width of text in columns of a terminal.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Returns the number of columns that `text` occupies.
pub(crate) fn display_width(text: &str) -> usize {
    text.width()
}

/// Returns spaces that occupy as many columns as `text`. Tabs stay tabs.
pub(crate) fn blank_of_same_width(text: &str) -> String {
    let mut blank = String::new();
    for c in text.chars() {
        match c {
            '\t' => blank.push(c),
            c => blank.extend(std::iter::repeat_n(' ', c.width().unwrap_or(0))),
        }
    }
    blank
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_have_two_columns() {
        assert_eq!(display_width("日本 x"), 6);
        assert_eq!(blank_of_same_width("\t日e\u{301}"), "\t   ");
    }
}
