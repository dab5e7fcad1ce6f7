//! A terminal whose last lines are redrawn, below the lines that stay.
//!
//! Each frame is one write inside a synchronized update, so that a terminal never shows half of it. The
//! cursor rests at the end of the last line, so that the `^C` of a key press is erased with it.

use std::fs::File;
use std::io::{self, Write};

use terminal_size::{Height, Width};

use crate::text::{ControlFilter, display_width, filter_control};

/// The size of a terminal that does not report one.
const DEFAULT_SIZE: (usize, usize) = (80, 24);

/// Starts an update that the terminal shows as a whole; a terminal that does not know it ignores it.
const UPDATE_START: &str = "\x1b[?2026h";
const UPDATE_END: &str = "\x1b[?2026l";
const ERASE_REST_OF_ROW: &str = "\x1b[K";
const ERASE_BELOW: &str = "\x1b[J";

/// A terminal, for its size.
#[derive(Debug)]
pub struct Terminal(File);

impl Terminal {
    /// Creates it from a duplicate of the stream that the report is written to.
    pub fn new(stream: File) -> Self {
        Self(stream)
    }

    /// Returns the number of columns at this moment.
    pub fn columns(&self) -> usize {
        self.size().0
    }

    /// Returns the number of columns and rows at this moment.
    pub(super) fn size(&self) -> (usize, usize) {
        size(terminal_size::terminal_size_of(&self.0))
    }
}

/// Returns the number of columns of standard error.
pub(crate) fn stderr_columns() -> usize {
    size(terminal_size::terminal_size_of(io::stderr())).0
}

fn size(size: Option<(Width, Height)>) -> (usize, usize) {
    match size {
        // A pseudo-terminal without a window has no size.
        Some((Width(columns), Height(rows))) if columns > 0 && rows > 0 => {
            (columns.into(), rows.into())
        }
        _ => DEFAULT_SIZE,
    }
}

/// The lines at the end of the terminal that the next frame replaces.
#[derive(Debug, Default)]
pub(super) struct LiveLines {
    /// The width of each line.
    widths: Vec<usize>,
}

impl LiveLines {
    /// Writes `text`, whole lines that stay, in place of the live lines, and `lines` below it.
    ///
    /// # Errors
    /// Returns an error if `out` cannot be written.
    pub(super) fn draw(
        &mut self,
        out: &mut impl Write,
        columns: usize,
        text: &[u8],
        lines: &[String],
    ) -> io::Result<()> {
        let mut frame = Vec::with_capacity(text.len() + 512);
        frame.extend_from_slice(UPDATE_START.as_bytes());
        frame.extend_from_slice(self.first_row(columns).as_bytes());
        // Each row is overwritten and its rest erased: some terminals keep what a larger erase removes.
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            frame.extend_from_slice(line.strip_suffix(b"\n").unwrap_or(line));
            frame.extend_from_slice(ERASE_REST_OF_ROW.as_bytes());
            frame.push(b'\n');
        }
        let separator = format!("{ERASE_REST_OF_ROW}\n");
        frame.extend_from_slice(lines.join(&separator).as_bytes());
        frame.extend_from_slice(ERASE_BELOW.as_bytes());
        frame.extend_from_slice(UPDATE_END.as_bytes());
        self.widths = lines.iter().map(|line| visible_width(line)).collect();
        out.write_all(&frame)?;
        out.flush()
    }

    /// Returns the movement to the first of the live lines. If the terminal has become narrower, it has
    /// wrapped them anew.
    fn first_row(&self, columns: usize) -> String {
        let rows: usize = self.widths.iter().map(|width| width.div_ceil(columns).max(1)).sum();
        match rows {
            0 | 1 => "\r".to_owned(),
            rows => format!("\r\x1b[{}A", rows - 1),
        }
    }
}

/// Returns the width of a line without its colors.
fn visible_width(line: &str) -> usize {
    let filtered = filter_control(line, ControlFilter::RemoveAll);
    display_width(&filtered)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(screen: &mut LiveLines, columns: usize, text: &str, lines: &[&str]) -> String {
        let lines: Vec<_> = lines.iter().map(|&line| line.to_owned()).collect();
        let mut out = Vec::new();
        screen.draw(&mut out, columns, text.as_bytes(), &lines).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn next_frame_replaces_the_lines() {
        let mut screen = LiveLines::default();
        assert_eq!(
            frame(&mut screen, 80, "done\n", &["one", "two"]),
            "\x1b[?2026h\rdone\x1b[K\none\x1b[K\ntwo\x1b[J\x1b[?2026l"
        );
        assert_eq!(frame(&mut screen, 80, "", &["1"]), "\x1b[?2026h\r\x1b[1A1\x1b[J\x1b[?2026l");
        assert_eq!(frame(&mut screen, 80, "", &[]), "\x1b[?2026h\r\x1b[J\x1b[?2026l");
    }

    #[test]
    fn wrapped_lines_are_erased_after_a_resize() {
        let mut screen = LiveLines::default();
        frame(&mut screen, 80, "", &["\x1b[1m日本日本日本\x1b[0m", "x"]);
        let narrow = frame(&mut screen, 5, "", &[]);
        assert!(narrow.contains("\x1b[3A"), "12 columns are 3 rows of 5: {narrow:?}");
    }
}
