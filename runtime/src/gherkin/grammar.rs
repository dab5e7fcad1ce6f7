//! Which line may follow which.
//!
//! One state for each place in the grammar, one list of accepted lines for each state. A line no
//! entry of the list fits is an error and changes nothing: reading goes on with the next line, so
//! one run reports several mistakes.

use std::sync::Arc;

use super::ast::GherkinDocument;
use super::builder::Builder;
use super::doc_string::{self, OpenDocString};
use super::error::{Expected, ParseErrorKind, ParseErrors};
use super::hint;
use super::language::{Language, StepWord, Title};
use super::line::{Line, Lines};
use super::report::Report;
use super::table::{self, UnevenRow};
use super::tags;

/// Reads a whole document.
pub(super) fn read(path: Arc<str>, source: Arc<str>) -> Result<GherkinDocument, ParseErrors> {
    let mut parser = Parser {
        language: Language::english(),
        state: State::Start,
        builder: Builder::default(),
        report: Report::new(&path, &source),
    };
    let mut lines = Lines::new(&source);
    while let Some(line) = lines.next() {
        parser.read_line(&line, &lines);
        if parser.report.is_full() {
            return Err(parser.report.finish());
        }
    }
    parser.read_end(lines.next_number());
    let Parser { builder, mut report, .. } = parser;
    match builder.finish(path, Arc::clone(&source)) {
        Ok(document) if report.is_empty() => Ok(document),
        Ok(_) => Err(report.finish()),
        Err(uneven) => {
            report.uneven_row(uneven);
            Err(report.finish())
        }
    }
}

/// Where in the grammar the next line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Before everything.
    Start,
    /// Between the language line and the feature line.
    AfterLanguage,
    /// After tags; they belong to the kind of title named.
    Tags(Title),
    /// Directly below a title line.
    Below(Title),
    /// In the free text below a title line.
    Description(Title),
    /// After a step or in what it carries; its block is a scenario or a background.
    Step(Title, Carried),
    /// Inside a doc string; `after_table` says what the step carried before.
    DocString { block: Title, after_table: bool },
    /// In the rows of an examples block.
    ExamplesRows,
}

/// What a step carries so far. A step may carry one table and one doc string, in any order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Carried {
    Nothing,
    Table,
    DocString,
    TableThenDocString,
    DocStringThenTable,
}

impl State {
    /// The lines accepted here, in the order in which they are tried.
    #[rustfmt::skip]
    pub(super) fn accepted(self) -> &'static [Expected] {
        use Expected::{
            Background, Comment, DocString, Empty, End, Examples, Feature, Language, Row, Rule,
            Scenario, Step, Tags, Text,
        };
        match self {
            Self::Start => &[End, Language, Tags, Feature, Comment, Empty],
            Self::AfterLanguage | Self::Tags(Title::Feature | Title::Background) => {
                &[Tags, Feature, Comment, Empty]
            }
            Self::Tags(Title::Rule) => &[Tags, Rule, Comment, Empty],
            Self::Tags(Title::Scenario) => &[Tags, Scenario, Comment, Empty],
            Self::Tags(Title::Examples) => &[Tags, Examples, Comment, Empty],
            Self::Below(Title::Feature | Title::Rule) => {
                &[End, Empty, Comment, Background, Tags, Scenario, Rule, Text]
            }
            Self::Description(Title::Feature | Title::Rule) => {
                &[End, Comment, Background, Tags, Scenario, Rule, Text]
            }
            Self::Below(Title::Background) => {
                &[End, Empty, Comment, Step, Tags, Scenario, Rule, Text]
            }
            Self::Description(Title::Background) => {
                &[End, Comment, Step, Tags, Scenario, Rule, Text]
            }
            Self::Below(Title::Scenario) => {
                &[End, Empty, Comment, Step, Tags, Examples, Scenario, Rule, Text]
            }
            Self::Description(Title::Scenario) => {
                &[End, Comment, Step, Tags, Examples, Scenario, Rule, Text]
            }
            Self::Below(Title::Examples) => {
                &[End, Empty, Comment, Row, Tags, Examples, Scenario, Rule, Text]
            }
            Self::Description(Title::Examples) => {
                &[End, Comment, Row, Tags, Examples, Scenario, Rule, Text]
            }
            Self::Step(Title::Background, carried) => match carried {
                Carried::Nothing | Carried::Table => {
                    &[End, Row, DocString, Step, Tags, Scenario, Rule, Comment, Empty]
                }
                Carried::DocString | Carried::DocStringThenTable => {
                    &[End, Row, Step, Tags, Scenario, Rule, Comment, Empty]
                }
                Carried::TableThenDocString => {
                    &[End, Step, Tags, Scenario, Rule, Comment, Empty]
                }
            },
            Self::Step(_, carried) => match carried {
                Carried::Nothing | Carried::Table => {
                    &[End, Row, DocString, Step, Tags, Examples, Scenario, Rule, Comment, Empty]
                }
                Carried::DocString | Carried::DocStringThenTable => {
                    &[End, Row, Step, Tags, Examples, Scenario, Rule, Comment, Empty]
                }
                Carried::TableThenDocString => {
                    &[End, Step, Tags, Examples, Scenario, Rule, Comment, Empty]
                }
            },
            Self::DocString { .. } => &[DocString, Text],
            Self::ExamplesRows => &[End, Row, Tags, Examples, Scenario, Rule, Comment, Empty],
        }
    }

    /// Whether tags found here may belong to an examples block.
    fn is_in_scenario(self) -> bool {
        matches!(
            self,
            Self::Below(Title::Scenario | Title::Examples)
                | Self::Description(Title::Scenario | Title::Examples)
                | Self::Step(Title::Scenario, _)
                | Self::ExamplesRows
        )
    }

    /// The title that is open: for a step the block it belongs to.
    fn open_title(self) -> Title {
        match self {
            Self::Start | Self::AfterLanguage => Title::Feature,
            Self::Tags(title) | Self::Below(title) | Self::Description(title) => title,
            Self::Step(block, _) | Self::DocString { block, .. } => block,
            Self::ExamplesRows => Title::Examples,
        }
    }
}

struct Parser<'t> {
    language: Language,
    state: State,
    builder: Builder,
    report: Report<'t>,
}

impl Parser<'_> {
    fn read_line(&mut self, line: &Line<'_>, following: &Lines<'_>) {
        for &expected in self.state.accepted() {
            if self.try_line(expected, line, following) {
                return;
            }
        }
        let found = line.trimmed.trim_end_matches(super::line::is_blank).to_owned();
        let hint = hint::unexpected_line(line, self.state, &self.language);
        let kind = ParseErrorKind::UnexpectedLine { found, expected: self.state.accepted() };
        self.report.add(line.position(), kind, hint);
    }

    /// Takes `line` as what is `expected` if it is that.
    fn try_line(&mut self, expected: Expected, line: &Line<'_>, following: &Lines<'_>) -> bool {
        match expected {
            Expected::End => false,
            Expected::Empty => line.is_empty(),
            Expected::Language => self.try_language(line),
            Expected::Comment => {
                let is_comment = line.is_comment();
                if is_comment {
                    self.builder.comment(line);
                    if let State::Below(title) = self.state {
                        self.state = State::Description(title);
                    }
                }
                is_comment
            }
            Expected::Tags => self.try_tags(line, following),
            Expected::Feature => self.try_title(Title::Feature, line),
            Expected::Rule => self.try_title(Title::Rule, line),
            Expected::Background => self.try_title(Title::Background, line),
            Expected::Scenario => self.try_title(Title::Scenario, line),
            Expected::Examples => self.try_title(Title::Examples, line),
            Expected::Step => self.language.step(line.trimmed).is_some_and(|word| {
                self.step(line, word);
                true
            }),
            Expected::Row => {
                let is_row = line.is_row();
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
        let Some(code) = line.language() else { return false };
        if let Some(language) = Language::find(code) {
            self.language = language;
            self.state = State::AfterLanguage;
            return true;
        }
        let kind = ParseErrorKind::UnknownLanguage { code: code.to_owned() };
        self.report.add(line.position(), kind, Some(hint::unknown_language(code)));
        false
    }

    fn try_tags(&mut self, line: &Line<'_>, following: &Lines<'_>) -> bool {
        if !line.is_tags() {
            return false;
        }
        let tags = match tags::read(line) {
            Ok(tags) => tags,
            Err(blank) => {
                self.report.blank_in_tag(blank);
                return false;
            }
        };
        let owner = match self.state {
            State::Start | State::AfterLanguage => Title::Feature,
            State::Tags(owner) => owner,
            _ => self.owner_of_tags(following.clone()),
        };
        let even = self.builder.close_rows();
        self.note(even);
        self.builder.tags(tags);
        self.state = State::Tags(owner);
        true
    }

    /// Looks ahead over further tags, comments and blank lines for the title the tags belong to.
    fn owner_of_tags(&mut self, following: Lines<'_>) -> Title {
        for line in following {
            match self.language.title(line.trimmed) {
                Some((Title::Scenario, _)) => return Title::Scenario,
                Some((Title::Examples, _)) if self.state.is_in_scenario() => {
                    return Title::Examples;
                }
                _ => {}
            }
            if line.is_tags() {
                if let Err(blank) = tags::read(&line) {
                    self.report.blank_in_tag(blank);
                    break;
                }
            } else if !line.is_empty() && !line.is_comment() {
                break;
            }
        }
        // Nothing else that can follow here takes tags.
        Title::Rule
    }

    fn try_title(&mut self, wanted: Title, line: &Line<'_>) -> bool {
        match self.language.title(line.trimmed) {
            Some((title, word)) if title == wanted => {
                let even = self.builder.title(line, (title, word), self.language.code);
                self.note(even);
                self.state = State::Below(title);
                true
            }
            _ => false,
        }
    }

    fn step(&mut self, line: &Line<'_>, word: StepWord) {
        let even = self.builder.step(line, word);
        self.note(even);
        self.state = State::Step(self.state.open_title(), Carried::Nothing);
    }

    fn row(&mut self, line: &Line<'_>) {
        self.builder.row(table::read_row(line));
        self.state = match self.state {
            State::Step(block, Carried::Nothing | Carried::Table) => {
                State::Step(block, Carried::Table)
            }
            State::Step(block, _) => State::Step(block, Carried::DocStringThenTable),
            _ => State::ExamplesRows,
        };
    }

    fn try_doc_string(&mut self, line: &Line<'_>) -> bool {
        if let State::DocString { block, after_table } = self.state {
            let is_closed = self.builder.doc_string().is_none_or(|open| open.is_closed_by(line));
            if is_closed {
                self.builder.close_doc_string();
                let carried =
                    if after_table { Carried::TableThenDocString } else { Carried::DocString };
                self.state = State::Step(block, carried);
            }
            return is_closed;
        }
        let Some(delimiter) = doc_string::opening_delimiter(line) else { return false };
        let even = self.builder.open_doc_string(OpenDocString::open(line, delimiter));
        self.note(even);
        let after_table = matches!(self.state, State::Step(_, Carried::Table));
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
        self.report.add(super::ast::Position { line: number, column: 1 }, kind, hint);
    }

    fn note(&mut self, even: Result<(), UnevenRow>) {
        if let Err(uneven) = even {
            self.report.uneven_row(uneven);
        }
    }
}
