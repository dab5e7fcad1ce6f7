//! Positions: the protocol counts lines from 0 and UTF-16 units, the parser characters from 1.

use lsp_types::{Position, Range};

/// The lines of a text, without their ends.
#[derive(Debug)]
pub(super) struct Lines<'t>(Vec<&'t str>);

impl<'t> Lines<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        Self(text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).collect())
    }

    /// Returns the line with this number, counted from 0; empty beyond the end.
    pub(super) fn get(&self, line: u32) -> &'t str {
        self.0.get(line as usize).copied().unwrap_or_default()
    }

    pub(super) fn len(&self) -> u32 {
        u32::try_from(self.0.len()).unwrap_or(u32::MAX)
    }

    /// Returns the range of characters `start..end` in a line.
    pub(super) fn range(&self, line: u32, start: usize, end: usize) -> Range {
        let text = self.get(line);
        let at = |chars| Position { line, character: utf16_units(text, chars) };
        Range { start: at(start), end: at(end) }
    }

    /// Returns the range from the character `start` to the last one that is not blank.
    pub(super) fn range_to_end(&self, line: u32, start: usize) -> Range {
        let end = self.get(line).trim_end().chars().count();
        self.range(line, start, end.max(start))
    }

    /// Returns the range of the bytes `start..end` of the text.
    pub(super) fn range_of_bytes(text: &str, start: usize, end: usize) -> Range {
        let at = |offset: usize| {
            let before = &text[..offset];
            let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
            let line = before.matches('\n').count();
            Position {
                line: u32::try_from(line).unwrap_or(u32::MAX),
                character: units(&before[line_start..]),
            }
        };
        Range { start: at(start), end: at(end) }
    }

    /// Returns the number of characters before a position of the protocol.
    pub(super) fn chars_before(&self, position: Position) -> usize {
        let mut units = 0;
        let text = self.get(position.line).chars();
        let is_before = |c: &char| {
            units += c.len_utf16();
            units <= position.character as usize
        };
        text.take_while(is_before).count()
    }
}

fn utf16_units(line: &str, chars: usize) -> u32 {
    let end = line.char_indices().nth(chars).map_or(line.len(), |(offset, _)| offset);
    units(&line[..end])
}

fn units(text: &str) -> u32 {
    u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_outside_the_basic_plane_are_two_units() {
        let lines = Lines::of("a\r\n  Given 🥒 雪 x\n");
        let range = lines.range(1, 8, 11);
        assert_eq!((range.start.character, range.end.character), (8, 12));
        assert_eq!(lines.chars_before(range.start), 8);
        assert_eq!(lines.chars_before(range.end), 11);
        assert_eq!(lines.chars_before(Position { line: 1, character: 99 }), 13);
    }

    #[test]
    fn bytes_become_lines_and_units() {
        let text = "é\n🥒x\n";
        let range = Lines::range_of_bytes(text, 3, 8);
        assert_eq!(range.start, Position { line: 1, character: 0 });
        assert_eq!(range.end, Position { line: 1, character: 3 });
    }
}
