//! The page of a timeline, around its lines.
//!
//! The page is bundled from `report-ui/`, whose README describes the lines. Its script precedes the lines,
//! so that the file of a run that was killed still shows what was written.

use std::io::{self, Write};

/// The page, bundled into one file.
const PAGE: &str = include_str!("../../assets/timeline.html");

/// The place of the lines in the page.
const LINES_PLACEHOLDER: &str = "@LINES@";

/// The element of the lines.
const LINES_START: &str = "<script type=\"application/x-ndjson\" id=\"lines\">\n";

/// The end of the element; the lines contain no `<`.
const LINES_END: &str = "</script>";

/// Returns the parts of the page before and after the lines.
pub(super) fn parts() -> (&'static str, &'static str) {
    PAGE.split_once(LINES_PLACEHOLDER).unwrap_or((PAGE, ""))
}

/// Returns the lines of a page; `None` if it is another page. Those of an incomplete page go to its end.
pub(super) fn lines_of(page: &str) -> Option<&str> {
    let (_, lines) = page.split_once(LINES_START)?;
    Some(lines.split_once(LINES_END).map_or(lines, |(lines, _)| lines))
}

/// Writes the page for the lines of one or more runs.
///
/// # Errors
///
/// Returns an error if `out` cannot be written.
pub fn write_timeline(out: &mut impl Write, lines: &str) -> io::Result<()> {
    let (before, after) = parts();
    out.write_all(before.as_bytes())?;
    out.write_all(lines.as_bytes())?;
    out.write_all(after.as_bytes())?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_has_one_place_for_the_lines() {
        assert_eq!(PAGE.matches(LINES_PLACEHOLDER).count(), 1);
    }

    #[test]
    fn lines_are_found_in_the_page() {
        let mut page = Vec::new();
        write_timeline(&mut page, "{\"run\":{}}\n").unwrap();
        let page = String::from_utf8(page).unwrap();
        assert_eq!(lines_of(&page), Some("{\"run\":{}}\n"));
        assert_eq!(lines_of("<!DOCTYPE html>"), None);
    }
}
