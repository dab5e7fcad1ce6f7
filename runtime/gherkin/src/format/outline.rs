//! The role of each line that the document gives a position.

use std::collections::BTreeMap;

use crate::ast::{Background, Examples, GherkinDocument, Scenario, Step, TableRow};

/// The role and the depth of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) role: Role,
    /// The number of levels of indentation.
    pub(super) depth: usize,
}

/// The role of a line. Comments, tags, descriptions and blank lines have none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The line of a feature.
    Feature,
    /// The line of a background, scenario, rule or examples block.
    Block,
    /// A step.
    Step { keyword: &'static str },
    /// A row of the table that starts at this line.
    Row { table: u32 },
    /// The opening delimiter of a doc string.
    DocString { delimiter: &'static str, indent: u32 },
}

/// The marks by line number.
pub(super) type Outline = BTreeMap<u32, Mark>;

/// Returns the marks of a document.
pub(super) fn outline(document: &GherkinDocument) -> Outline {
    let mut marks = Marks(Outline::new());
    let Some(feature) = &document.feature else { return marks.0 };
    marks.add(feature.position.line, Role::Feature, 0);
    marks.background(feature.background.as_ref(), 1);
    feature.scenarios.iter().for_each(|scenario| marks.scenario(scenario, 1));
    for rule in &feature.rules {
        marks.add(rule.position.line, Role::Block, 1);
        marks.background(rule.background.as_ref(), 2);
        rule.scenarios.iter().for_each(|scenario| marks.scenario(scenario, 2));
    }
    marks.0
}

struct Marks(Outline);

impl Marks {
    fn add(&mut self, line: u32, role: Role, depth: usize) {
        self.0.insert(line, Mark { role, depth });
    }

    fn background(&mut self, background: Option<&Background>, depth: usize) {
        let Some(background) = background else { return };
        self.add(background.position.line, Role::Block, depth);
        self.steps(&background.steps, depth + 1);
    }

    fn scenario(&mut self, scenario: &Scenario, depth: usize) {
        self.add(scenario.position.line, Role::Block, depth);
        self.steps(&scenario.steps, depth + 1);
        scenario.examples.iter().for_each(|examples| self.examples(examples, depth + 1));
    }

    fn examples(&mut self, examples: &Examples, depth: usize) {
        self.add(examples.position.line, Role::Block, depth);
        self.rows(examples.header.iter().chain(&examples.rows), depth + 1);
    }

    fn steps(&mut self, steps: &[Step], depth: usize) {
        for step in steps {
            self.add(step.position.line, Role::Step { keyword: step.keyword }, depth);
            self.rows(step.data_table.iter().flat_map(|table| &table.rows), depth + 1);
            if let Some(text) = &step.doc_string {
                let indent = text.position.column.saturating_sub(1);
                let role = Role::DocString { delimiter: text.delimiter, indent };
                self.add(text.position.line, role, depth + 1);
            }
        }
    }

    fn rows<'a>(&mut self, rows: impl IntoIterator<Item = &'a TableRow>, depth: usize) {
        let mut table = None;
        for row in rows {
            let line = row.position.line;
            let table = *table.get_or_insert(line);
            self.add(line, Role::Row { table }, depth);
        }
    }
}
