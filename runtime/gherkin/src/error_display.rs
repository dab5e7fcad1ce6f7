//! Displays parse errors as plain text in the style of rustc.

use std::fmt;

use super::error::{ExcerptLine, ParseError, ParseErrors, printable};
use crate::text::{blank_of_same_width, display_width};

impl fmt::Display for ParseErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.errors.iter().enumerate() {
            if index > 0 {
                f.write_str("\n\n")?;
            }
            error.fmt(f)?;
        }
        if self.is_truncated {
            write!(f, "\n\n{}: stopped after {} errors", self.path, self.errors.len())?;
        }
        Ok(())
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.location, self.kind)?;
        let widest = self.excerpt.iter().map(|line| line.number).max().unwrap_or(0);
        let width = widest.to_string().len();
        if !self.excerpt.is_empty() {
            write!(f, "\n{:width$} |", "")?;
        }
        for line in &self.excerpt {
            write_excerpt(f, line, width)?;
        }
        if let Some(hint) = &self.hint {
            write!(f, "\n{:width$} = help: {hint}", "")?;
        }
        Ok(())
    }
}

/// The maximum number of characters shown of a source line.
const MAX_LINE_CHARS: usize = 120;

fn write_excerpt(f: &mut fmt::Formatter<'_>, line: &ExcerptLine, width: usize) -> fmt::Result {
    let (before, marked) = (line.marked.0 as usize, line.marked.1 as usize);
    // A long line is shown from shortly before its mark.
    let skipped = if before + marked > MAX_LINE_CHARS { before.saturating_sub(10) } else { 0 };
    let shown: String =
        line.text.chars().skip(skipped).take(MAX_LINE_CHARS).map(printable).collect();
    let (before, marked) = (before - skipped, marked.clamp(1, MAX_LINE_CHARS - 10));
    let mark = if line.is_primary { "^" } else { "-" };

    write!(f, "\n{:width$} | {}", line.number, shown.trim_end())?;
    write!(f, "\n{:width$} | ", "")?;
    let padded: String = shown.chars().chain(std::iter::repeat(' ')).take(before).collect();
    f.write_str(&blank_of_same_width(&padded))?;
    let marked: String = shown.chars().skip(before).take(marked).collect();
    let marked_columns = display_width(&marked);
    f.write_str(&mark.repeat(marked_columns.max(1)))?;
    if !line.label.is_empty() {
        write!(f, " {}", line.label)?;
    }
    Ok(())
}
