//! Builds the syntax tree from recognized lines.
//!
//! The parser checks the order of lines, so that nothing here has to.

use std::sync::Arc;

use super::ast::{
    Background, Comment, DataTable, Examples, Feature, GherkinDocument, Rule, Scenario, Step,
    TableRow, Tag,
};
use super::doc_string::OpenDocString;
use super::language::Title;
use super::line::Line;
use super::syntax::{StepLine, TitleLine};
use super::table::{self, UnevenRow};

/// The open nodes, from the outermost to the innermost.
#[derive(Debug, Default)]
pub(super) struct Builder {
    comments: Vec<Comment>,
    feature: Option<Feature>,
    rule: Option<Rule>,
    background: Option<Background>,
    scenario: Option<Scenario>,
    examples: Option<Examples>,
    step: Option<Step>,
    rows: Vec<TableRow>,
    doc_string: Option<OpenDocString>,
    description: Description,
    /// The tags of the next node.
    tags: Vec<Tag>,
}

impl Builder {
    pub(super) fn comment(&mut self, line: &Line<'_>) {
        let position = super::ast::Position { line: line.number, column: 1 };
        self.comments.push(Comment { position, text: line.raw.to_owned() });
    }

    pub(super) fn tags(&mut self, tags: Vec<Tag>) {
        self.tags.extend(tags);
    }

    pub(super) fn description(&mut self, line: &Line<'_>) {
        self.description.push(line);
    }

    pub(super) fn open_block(
        &mut self,
        line: TitleLine<'_>,
        language: &'static str,
    ) -> Result<(), UnevenRow> {
        let TitleLine { title, keyword, name, position } = line;
        let uneven = match title {
            Title::Examples => self.close_examples(),
            Title::Scenario | Title::Background | Title::Feature => self.close_block(),
            Title::Rule => self.close_rule(),
        };
        let tags = std::mem::take(&mut self.tags);
        let description = String::new();
        match title {
            Title::Feature => {
                self.feature = Some(Feature {
                    position,
                    tags,
                    language,
                    keyword,
                    name: Arc::from(name),
                    description,
                    background: None,
                    scenarios: Vec::new(),
                    rules: Vec::new(),
                });
            }
            Title::Rule => {
                self.rule = Some(Rule {
                    position,
                    tags,
                    keyword,
                    name: Arc::from(name),
                    description,
                    background: None,
                    scenarios: Vec::new(),
                });
            }
            Title::Background => {
                let (name, steps) = (name.to_owned(), Vec::new());
                self.background = Some(Background { position, keyword, name, description, steps });
            }
            Title::Scenario => {
                self.scenario = Some(Scenario {
                    position,
                    tags,
                    keyword,
                    name: name.to_owned(),
                    description,
                    steps: Vec::new(),
                    examples: Vec::new(),
                });
            }
            Title::Examples => {
                self.examples = Some(Examples {
                    position,
                    tags,
                    keyword,
                    name: name.to_owned(),
                    description,
                    header: None,
                    rows: Vec::new(),
                });
            }
        }
        uneven
    }

    pub(super) fn step(&mut self, line: StepLine<'_>) -> Result<(), UnevenRow> {
        let StepLine { word, text, position } = line;
        let uneven = self.close_step();
        self.close_description();
        self.step = Some(Step {
            position,
            keyword: word.word,
            keyword_type: word.keyword_type,
            text: text.to_owned(),
            data_table: None,
            doc_string: None,
        });
        uneven
    }

    pub(super) fn row(&mut self, row: TableRow) {
        self.close_description();
        self.rows.push(row);
    }

    pub(super) fn open_doc_string(&mut self, doc_string: OpenDocString) -> Result<(), UnevenRow> {
        let uneven = self.close_rows();
        self.doc_string = Some(doc_string);
        uneven
    }

    /// Returns the open doc string.
    pub(super) fn doc_string(&mut self) -> Option<&mut OpenDocString> {
        self.doc_string.as_mut()
    }

    pub(super) fn close_doc_string(&mut self) {
        let closed = self.doc_string.take().map(OpenDocString::close);
        if let Some(step) = &mut self.step {
            step.doc_string = closed;
        }
    }

    /// Closes the open table.
    ///
    /// # Errors
    ///
    /// Returns the first row whose length differs from that of the first row.
    pub(super) fn close_rows(&mut self) -> Result<(), UnevenRow> {
        let rows = std::mem::take(&mut self.rows);
        let even = table::check_even(&rows);
        let Some(first) = rows.first() else { return even };
        if let Some(examples) = &mut self.examples {
            let mut rows = rows.into_iter();
            examples.header = rows.next();
            examples.rows = rows.collect();
        } else if let Some(step) = &mut self.step {
            step.data_table = Some(DataTable { position: first.position, rows });
        }
        even
    }

    pub(super) fn finish(
        mut self,
        path: Arc<str>,
        source: Arc<str>,
    ) -> Result<GherkinDocument, UnevenRow> {
        self.close_rule()?;
        Ok(GherkinDocument { path, source, feature: self.feature, comments: self.comments })
    }

    fn close_description(&mut self) {
        let Some(text) = self.description.take() else { return };
        let description = if let Some(examples) = &mut self.examples {
            &mut examples.description
        } else if let Some(scenario) = &mut self.scenario {
            &mut scenario.description
        } else if let Some(background) = &mut self.background {
            &mut background.description
        } else if let Some(rule) = &mut self.rule {
            &mut rule.description
        } else if let Some(feature) = &mut self.feature {
            &mut feature.description
        } else {
            return;
        };
        *description = text;
    }

    fn close_step(&mut self) -> Result<(), UnevenRow> {
        let even = self.close_rows();
        let Some(step) = self.step.take() else { return even };
        if let Some(scenario) = &mut self.scenario {
            scenario.steps.push(step);
        } else if let Some(background) = &mut self.background {
            background.steps.push(step);
        }
        even
    }

    fn close_examples(&mut self) -> Result<(), UnevenRow> {
        let even = self.close_step();
        self.close_description();
        if let (Some(scenario), Some(examples)) = (&mut self.scenario, self.examples.take()) {
            scenario.examples.push(examples);
        }
        even
    }

    /// Closes the open scenario or background.
    fn close_block(&mut self) -> Result<(), UnevenRow> {
        let even = self.close_examples();
        let (scenario, background) = (self.scenario.take(), self.background.take());
        if let Some(rule) = &mut self.rule {
            rule.scenarios.extend(scenario);
            rule.background = background.or(rule.background.take());
        } else if let Some(feature) = &mut self.feature {
            feature.scenarios.extend(scenario);
            feature.background = background.or(feature.background.take());
        }
        even
    }

    fn close_rule(&mut self) -> Result<(), UnevenRow> {
        let even = self.close_block();
        if let (Some(feature), Some(rule)) = (&mut self.feature, self.rule.take()) {
            feature.rules.push(rule);
        }
        even
    }
}

/// The description below a title line, read so far.
#[derive(Debug, Default)]
struct Description {
    text: String,
    /// The length of `text` up to the last line that is not blank.
    end: usize,
    is_started: bool,
}

impl Description {
    fn push(&mut self, line: &Line<'_>) {
        if self.is_started {
            self.text.push('\n');
        }
        self.is_started = true;
        self.text.push_str(line.raw);
        if !line.is_empty() {
            self.end = self.text.len();
        }
    }

    fn take(&mut self) -> Option<String> {
        if !self.is_started {
            return None;
        }
        let Self { mut text, end, .. } = std::mem::take(self);
        text.truncate(end);
        Some(text)
    }
}
