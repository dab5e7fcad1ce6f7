//! The text of a diagnostic: every line has a gutter, and fits the terminal.

use std::fmt::Display;
use std::fmt::Write as _;

use super::style::Style;
use crate::text::{cut_end, wrap};

/// The least width of a wrapped note.
const MIN_NOTE_COLUMNS: usize = 16;

/// The text of a diagnostic, being written.
#[derive(Debug)]
pub(super) struct NoteWriter {
    text: String,
    pub(super) style: Style,
    /// The width of the line numbers, which is that of the gutter.
    gutter: usize,
    /// The columns of the terminal; `None` for a file.
    columns: Option<usize>,
}

impl NoteWriter {
    pub(super) fn new(style: Style, columns: Option<usize>) -> Self {
        Self { text: String::new(), style, gutter: 1, columns }
    }

    /// Makes the gutter as wide as the line number `last`.
    pub(super) fn fit_gutter_to(&mut self, last: u32) {
        self.gutter = last.to_string().len();
    }

    /// Writes a line as it is.
    pub(super) fn line(&mut self, line: impl Display) {
        // Writing to a `String` cannot fail.
        let _ = writeln!(self.text, "{line}");
    }

    /// Returns the text without blank lines at its end.
    pub(super) fn finish(mut self) -> String {
        self.text.truncate(self.text.trim_end().len());
        self.text
    }

    /// Writes the first line, such as `error: no answer`.
    pub(super) fn heading(&mut self, heading: &str) {
        let label = self.style.failure("error");
        self.labelled_heading(&label, "error: ".len(), heading);
    }

    /// Writes the first line of a warning.
    pub(super) fn warning_heading(&mut self, heading: &str) {
        let label = self.style.warning("warning");
        self.labelled_heading(&label, "warning: ".len(), heading);
    }

    fn labelled_heading(&mut self, label: &str, label_columns: usize, heading: &str) {
        let lines = self.wrapped(heading, label_columns);
        for (index, line) in lines.iter().enumerate() {
            match index {
                0 => self.line(format_args!("{label}{}", self.style.bold(format!(": {line}")))),
                _ => self.gutter_line(&self.style.bold(line)),
            }
        }
    }

    /// Writes a location below a heading.
    pub(super) fn arrow(&mut self, location: impl Display) {
        let margin = " ".repeat(self.gutter);
        self.line(format_args!("{margin}{} {location}", self.style.dim("-->")));
    }

    /// Writes a note, wrapped at spaces.
    pub(super) fn note(&mut self, label: &str, note: &str) {
        // The label takes part in the wrapping, so that a long path begins on the next line.
        let lines = self.wrapped(&format!("{label}: {note}"), self.gutter + 5);
        let text = lines.join("\n");
        self.labelled(label, text.strip_prefix(&format!("{label}:")).unwrap_or(&text));
    }

    /// Writes a note that is copied, such as a command: it is neither wrapped nor cut.
    pub(super) fn raw_note(&mut self, label: &str, note: &str) {
        self.labelled(label, &format!(" {note}"));
    }

    /// Writes the lines of a note; the first follows the label.
    fn labelled(&mut self, label: &str, note: &str) {
        let margin = " ".repeat(self.gutter);
        let mut lines = note.split('\n');
        let first = lines.next().unwrap_or_default();
        let (mark, label) = (self.style.dim("="), self.style.bold(label));
        self.line(format_args!("{margin} {mark} {label}:{first}").to_string().trim_end());
        for line in lines {
            self.gutter_line(&format!("  {line}"));
        }
    }

    /// Writes a line of a feature file, or below it: `number` is its line, if it has one.
    pub(super) fn source_line(&mut self, number: Option<u32>, line: &str) {
        let number = number.map_or_else(String::new, |number| number.to_string());
        let line = self.cut(line.trim_end(), self.gutter + 3);
        let (number, bar) = (format!("{number:>width$}", width = self.gutter), self.style.dim("|"));
        let text = format!("{} {bar} {line}", self.style.dim(number));
        self.line(text.trim_end());
    }

    /// Writes a line that begins with the gutter.
    pub(super) fn gutter_line(&mut self, line: &str) {
        let text = format!("{} {} {line}", " ".repeat(self.gutter), self.style.dim("|"));
        self.line(text.trim_end());
    }

    /// Returns the lines of a text that follows `before` columns on its first line.
    fn wrapped(&self, text: &str, before: usize) -> Vec<String> {
        match self.columns {
            Some(columns) => wrap(text, columns.saturating_sub(before).max(MIN_NOTE_COLUMNS)),
            None => text.lines().map(str::to_owned).collect(),
        }
    }

    /// Returns the part of a line that fits behind `before` columns.
    pub(super) fn cut(&self, line: &str, before: usize) -> String {
        match self.columns {
            Some(columns) => cut_end(line, columns.saturating_sub(before)).into_owned(),
            None => line.to_owned(),
        }
    }
}
