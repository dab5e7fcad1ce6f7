//! The step definitions of a timeline: each is written once, before the first step that it executed.

use std::collections::HashMap;

use super::json_line::JsonLine;
use super::paths::WorkspacePaths;
use crate::model::StepMatch;

/// The step definitions that steps refer to by number.
#[derive(Debug, Default)]
pub(super) struct Definitions {
    /// The number of each definition, by file, line and pattern.
    numbers: HashMap<(String, u32, String), u64>,
    new: Vec<(u64, StepMatch)>,
}

impl Definitions {
    /// Returns the number of the definition.
    pub(super) fn number(&mut self, definition: &StepMatch) -> u64 {
        let StepMatch { file, line, pattern, .. } = definition;
        let key = (file.to_string(), *line, pattern.to_string());
        let next = self.numbers.len() as u64;
        *self.numbers.entry(key).or_insert_with(|| {
            self.new.push((next, definition.clone()));
            next
        })
    }

    /// Returns the lines of the definitions that have got a number since the last call.
    pub(super) fn take_new_lines(&mut self, paths: &WorkspacePaths) -> String {
        let line_of = |(number, definition): (u64, StepMatch)| {
            JsonLine::of("definition", |line| {
                line.number("id", number);
                line.text("pattern", &definition.pattern);
                line.text("function", &definition.function);
                line.text("file", &paths.relative(&definition.file));
                line.number("line", definition.line);
            })
        };
        self.new.drain(..).map(line_of).collect()
    }
}
