//! How parse errors look: plain text in the style of rustc.

use std::fmt;

use super::error::{ExcerptLine, ParseError, ParseErrors, printable};

impl fmt::Display for ParseErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.errors.iter().enumerate() {
            if index > 0 {
                f.write_str("\n\n")?;
            }
            error.fmt(f)?;
        }
        if self.is_cut_short {
            write!(f, "\n\n{}: stopped after {} errors", self.path, self.errors.len())?;
        }
        Ok(())
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.kind)?;
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

/// Characters of a source line shown at most.
const LINE_LIMIT: usize = 120;

fn write_excerpt(f: &mut fmt::Formatter<'_>, line: &ExcerptLine, width: usize) -> fmt::Result {
    let (before, marked) = (line.marked.0 as usize, line.marked.1 as usize);
    // A long line is shown from shortly before its mark.
    let skipped = if before + marked > LINE_LIMIT { before.saturating_sub(10) } else { 0 };
    let shown: String = line.text.chars().skip(skipped).take(LINE_LIMIT).map(printable).collect();
    let (before, marked) = (before - skipped, marked.clamp(1, LINE_LIMIT - 10));
    let mark = if line.is_place { "^" } else { "-" };

    write!(f, "\n{:width$} | {}", line.number, shown.trim_end())?;
    write!(f, "\n{:width$} | ", "")?;
    for c in shown.chars().chain(std::iter::repeat(' ')).take(before) {
        f.write_str(if c == '\t' { "\t" } else { BLANKS[columns(c)] })?;
    }
    let marked_columns: usize = shown.chars().skip(before).take(marked).map(columns).sum();
    f.write_str(&mark.repeat(marked_columns.max(1)))?;
    if !line.label.is_empty() {
        write!(f, " {}", line.label)?;
    }
    Ok(())
}

const BLANKS: [&str; 3] = ["", " ", "  "];

/// Terminal columns `c` takes: a rough rule that is right for the scripts Gherkin has keywords in.
fn columns(c: char) -> usize {
    match u32::from(c) {
        0x0300..=0x036F | 0x200B..=0x200F | 0x202A..=0x202E | 0xFE00..=0xFE0F => 0,
        0x1100..=0x115F
        | 0x2E80..=0xA4CF
        | 0xAC00..=0xD7A3
        | 0xF900..=0xFAFF
        | 0xFE30..=0xFE6F
        | 0xFF00..=0xFF60
        | 0xFFE0..=0xFFE6
        | 0x1F300..=0x1FAFF
        | 0x20000..=0x3FFFD => 2,
        _ => 1,
    }
}
