//! Reads the lines of a feature file by the grammar and passes them to the builder.
//!
//! A line that the current state does not accept is an error and changes nothing: parsing continues
//! with the next line, so one run reports several errors.

use std::sync::Arc;

use super::ast::GherkinDocument;
use super::builder::Builder;
use super::error::{Expected, ParseErrorKind, ParseErrors};
use super::error_collector::ErrorCollector;
use super::grammar::{State, StepArguments};
use super::hint;
use super::language::{Language, Title};
use super::line::{Line, Lines};
use super::syntax::{StepLine, Syntax, TitleLine};
use super::table::{self, UnevenRow};

/// Parses `text`; `path` is used in locations and messages. A path that ends with `.feature.md` is Gherkin
/// in Markdown.
///
/// A byte order mark at the start is ignored.
///
/// # Errors
///
/// Returns all errors found, each with location and hint. Parsing continues after an error and stops
/// after eleven errors.
pub fn parse(path: &str, text: &str) -> Result<GherkinDocument, ParseErrors> {
    let path: Arc<str> = Arc::from(path);
    let source: Arc<str> = Arc::from(text.strip_prefix('\u{FEFF}').unwrap_or(text));
    let mut parser = Parser {
        syntax: Syntax::of_path(&path),
        language: Language::english(),
        state: State::Start,
        builder: Builder::default(),
        errors: ErrorCollector::new(&path, &source),
    };
    let mut lines = Lines::new(&source);
    while let Some(line) = lines.next() {
        parser.read_line(&line, &lines);
        if parser.errors.is_full() {
            return Err(parser.errors.finish());
        }
    }
    parser.read_end(lines.next_number());
    let Parser { builder, mut errors, .. } = parser;
    match builder.finish(path, Arc::clone(&source)) {
        Ok(document) if errors.is_empty() => Ok(document),
        Ok(_) => Err(errors.finish()),
        Err(uneven) => {
            errors.uneven_row(uneven);
            Err(errors.finish())
        }
    }
}

struct Parser<'t> {
    syntax: Syntax,
    language: Language,
    state: State,
    builder: Builder,
    errors: ErrorCollector<'t>,
}

impl Parser<'_> {
    fn read_line(&mut self, line: &Line<'_>, following: &Lines<'_>) {
        for &expected in self.state.accepted() {
            if self.try_line(expected, line, following) {
                return;
            }
        }
        let found = line.trimmed.trim_end_matches(super::line::is_blank).to_owned();
        let plain = self.syntax.plain_line(line);
        let hint = hint::unexpected_line(&plain, self.state, &self.language);
        let kind = ParseErrorKind::UnexpectedLine { found, expected: self.state.accepted() };
        self.errors.add(line.position(), kind, hint);
    }

    /// Processes `line` if it is of the `expected` kind, and returns whether it is.
    fn try_line(&mut self, expected: Expected, line: &Line<'_>, following: &Lines<'_>) -> bool {
        match expected {
            Expected::End => false,
            Expected::Empty => self.syntax.is_empty(line, &self.language),
            Expected::Language => self.try_language(line),
            Expected::Comment => {
                let is_comment = self.syntax.is_comment(line);
                if is_comment {
                    // In Markdown only the separators of tables are read as comments.
                    if self.syntax == Syntax::Plain {
                        self.builder.comment(line);
                    }
                    if let State::Below(title) = self.state {
                        self.state = State::Description(title);
                    }
                }
                is_comment
            }
            Expected::Tags => self.try_tags(line, following),
            Expected::Feature => {
                let feature = self.syntax.feature(line, &self.language);
                feature.map(|feature| self.title(feature)).is_some()
            }
            Expected::Rule => self.try_title(Title::Rule, line),
            Expected::Background => self.try_title(Title::Background, line),
            Expected::Scenario => self.try_title(Title::Scenario, line),
            Expected::Examples => self.try_title(Title::Examples, line),
            Expected::Step => {
                let step = self.syntax.step(line, &self.language);
                step.map(|step| self.step(step)).is_some()
            }
            Expected::Row => {
                let is_row = self.syntax.is_row(line);
                if is_row {
                    self.row(line);
                }
                is_row
            }
            Expected::DocString => self.try_doc_string(line),
            Expected::Text => {
                self.text(line);
                true
            }
        }
    }

    fn try_language(&mut self, line: &Line<'_>) -> bool {
        let Some(code) = self.syntax.language(line) else { return false };
        if let Some(language) = Language::find(code) {
            self.language = language;
            self.state = State::AfterLanguage;
            return true;
        }
        let kind = ParseErrorKind::UnknownLanguage { code: code.to_owned() };
        self.errors.add(line.position(), kind, Some(hint::unknown_language(code)));
        false
    }

    fn try_tags(&mut self, line: &Line<'_>, following: &Lines<'_>) -> bool {
        let tags = match self.syntax.tags(line) {
            None => return false,
            Some(Ok(tags)) => tags,
            Some(Err(blank)) => {
                self.errors.blank_in_tag(blank);
                return false;
            }
        };
        let owner = match self.state {
            State::Start | State::AfterLanguage => Title::Feature,
            State::Tags(owner) => owner,
            _ => self.owner_of_tags(following.clone()),
        };
        let result = self.builder.close_rows();
        self.note_uneven_row(result);
        self.builder.tags(tags);
        self.state = State::Tags(owner);
        true
    }

    /// Looks ahead over other tags, comments and blank lines for the title that the tags belong to.
    fn owner_of_tags(&mut self, following: Lines<'_>) -> Title {
        for line in following {
            match self.syntax.title(&line, &self.language).map(|line| line.title) {
                Some(Title::Scenario) => return Title::Scenario,
                Some(Title::Examples) if self.state.is_in_scenario() => return Title::Examples,
                _ => {}
            }
            match self.syntax.tags(&line) {
                Some(Ok(_)) => {}
                Some(Err(blank)) => {
                    self.errors.blank_in_tag(blank);
                    break;
                }
                None if self.syntax.is_empty(&line, &self.language) => {}
                None if self.syntax.is_comment(&line) => {}
                None => break,
            }
        }
        // Nothing else that can follow here has tags.
        Title::Rule
    }

    fn try_title(&mut self, wanted: Title, line: &Line<'_>) -> bool {
        let title = self.syntax.title(line, &self.language).filter(|line| line.title == wanted);
        title.map(|line| self.title(line)).is_some()
    }

    fn title(&mut self, line: TitleLine<'_>) {
        let title = line.title;
        let result = self.builder.open_block(line, self.language.code);
        self.note_uneven_row(result);
        self.state = State::Below(title);
    }

    fn step(&mut self, line: StepLine<'_>) {
        let result = self.builder.step(line);
        self.note_uneven_row(result);
        self.state = State::Step(self.state.open_title(), StepArguments::Nothing);
    }

    fn row(&mut self, line: &Line<'_>) {
        self.builder.row(table::parse_row(line));
        self.state = match self.state {
            State::Step(block, StepArguments::Nothing | StepArguments::Table) => {
                State::Step(block, StepArguments::Table)
            }
            State::Step(block, _) => State::Step(block, StepArguments::DocStringThenTable),
            _ => State::ExamplesRows,
        };
    }

    fn try_doc_string(&mut self, line: &Line<'_>) -> bool {
        if let State::DocString { block, after_table } = self.state {
            let is_closed = self.builder.doc_string().is_none_or(|open| open.is_closed_by(line));
            if is_closed {
                self.builder.close_doc_string();
                let carried = if after_table {
                    StepArguments::TableThenDocString
                } else {
                    StepArguments::DocString
                };
                self.state = State::Step(block, carried);
            }
            return is_closed;
        }
        let Some(doc_string) = self.syntax.open_doc_string(line) else { return false };
        let result = self.builder.open_doc_string(doc_string);
        self.note_uneven_row(result);
        let after_table = matches!(self.state, State::Step(_, StepArguments::Table));
        self.state = State::DocString { block: self.state.open_title(), after_table };
        true
    }

    fn text(&mut self, line: &Line<'_>) {
        if let State::Below(title) = self.state {
            self.state = State::Description(title);
        }
        match self.builder.doc_string() {
            Some(open) => open.push(line),
            None => self.builder.description(line),
        }
    }

    fn read_end(&mut self, number: u32) {
        if self.state.accepted().contains(&Expected::End) {
            return;
        }
        let open = self.builder.doc_string().map(|open| (open.position, open.delimiter));
        let hint = hint::unexpected_end(self.state, open);
        let kind = ParseErrorKind::UnexpectedEnd {
            expected: self.state.accepted(),
            open_doc_string: open.map(|(position, _)| position),
        };
        self.errors.add(super::ast::Position { line: number, column: 1 }, kind, hint);
    }

    fn note_uneven_row(&mut self, result: Result<(), UnevenRow>) {
        if let Err(uneven) = result {
            self.errors.uneven_row(uneven);
        }
    }
}
