//! Collects the errors of one file, each with the lines of the file that show it.

use std::sync::Arc;

use super::ast::Position;
use super::error::{ExcerptLine, ParseError, ParseErrorKind, ParseErrors};
use super::hint;
use super::line::{Line, Lines, char_count, is_blank};
use super::table::UnevenRow;
use super::tags::BlankInTag;
use crate::text::pluralize;

/// Parsing ends after one error more, as in the official parser.
const MAX_ERRORS: usize = 10;

/// The errors found so far.
#[derive(Debug)]
pub(super) struct ErrorCollector<'t> {
    path: Arc<str>,
    source: &'t str,
    errors: Vec<ParseError>,
}

impl<'t> ErrorCollector<'t> {
    pub(super) fn new(path: &Arc<str>, source: &'t str) -> Self {
        Self { path: Arc::clone(path), source, errors: Vec::new() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    pub(super) fn is_full(&self) -> bool {
        self.errors.len() > MAX_ERRORS
    }

    /// Adds an error, unless it was added before: the parser may read a line twice when it looks ahead.
    pub(super) fn add(&mut self, position: Position, kind: ParseErrorKind, hint: Option<String>) {
        let location = position.in_file(&self.path);
        let is_known =
            self.errors.iter().any(|known| known.location == location && known.kind == kind);
        if is_known || self.is_full() {
            return;
        }
        let excerpt = self.excerpt(position, &kind);
        self.errors.push(ParseError { location, kind, hint, excerpt });
    }

    pub(super) fn uneven_row(&mut self, uneven: UnevenRow) {
        let UnevenRow { row, cells, first_row, first_cells } = uneven;
        let kind = ParseErrorKind::UnevenRow { cells, first_row, first_cells };
        self.add(row, kind, Some(hint::uneven_row(cells, first_cells)));
    }

    pub(super) fn blank_in_tag(&mut self, blank: BlankInTag) {
        let BlankInTag { position, tag } = blank;
        let hint = hint::blank_in_tag(&tag);
        self.add(position, ParseErrorKind::BlankInTag { tag }, Some(hint));
    }

    pub(super) fn finish(&mut self) -> ParseErrors {
        ParseErrors {
            path: Arc::clone(&self.path),
            is_truncated: self.is_full(),
            errors: std::mem::take(&mut self.errors),
        }
    }

    fn excerpt(&self, position: Position, kind: &ParseErrorKind) -> Vec<ExcerptLine> {
        let mut excerpt = Vec::new();
        match kind {
            ParseErrorKind::UnevenRow { cells, first_row, first_cells } => {
                let first = pluralize(*first_cells, "cell");
                excerpt.extend(self.whole_line(*first_row, first, false));
                excerpt.extend(self.whole_line(position, pluralize(*cells, "cell"), true));
            }
            ParseErrorKind::UnexpectedEnd { open_doc_string: Some(opened), .. } => {
                excerpt.extend(self.whole_line(*opened, "opened here".to_owned(), false));
            }
            ParseErrorKind::UnexpectedEnd { .. } => {
                let last = Lines::new(self.source).filter(|line| !line.is_empty()).last();
                let position = last.map(|line| line.position());
                let label = "nothing follows".to_owned();
                excerpt.extend(position.and_then(|last| self.whole_line(last, label, false)));
            }
            ParseErrorKind::BlankInTag { tag } => {
                let line = self.whole_line(position, String::new(), true);
                excerpt.extend(line.map(|mut line| {
                    line.marked.1 = char_count(tag);
                    line
                }));
            }
            ParseErrorKind::UnexpectedLine { .. } | ParseErrorKind::UnknownLanguage { .. } => {
                excerpt.extend(self.whole_line(position, String::new(), true));
            }
        }
        excerpt
    }

    /// Returns the line at `position`, marked from there to its end.
    fn whole_line(
        &self,
        position: Position,
        label: String,
        is_primary: bool,
    ) -> Option<ExcerptLine> {
        let line: Line<'t> =
            Lines::new(self.source).nth((position.line as usize).checked_sub(1)?)?;
        let before = position.column.saturating_sub(1);
        let text = line.raw.trim_end_matches(is_blank).to_owned();
        let marked = (before, char_count(&text).saturating_sub(before));
        Some(ExcerptLine { number: line.number, text, marked, label, is_primary })
    }
}
