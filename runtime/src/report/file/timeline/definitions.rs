//! The step definitions of a timeline: each is written once, before the first step that it executed.

use std::collections::HashMap;

use super::json_line::JsonLine;
use super::paths::WorkspacePaths;
use crate::model::StepMatch;

/// The step definitions that steps refer to by number.
#[derive(Debug, Default)]
pub(super) struct Definitions {
    /// The file, line and number of each definition, by pattern.
    numbers: HashMap<String, Vec<(String, u32, u64)>>,
    count: u64,
    new: Vec<(u64, StepMatch)>,
}

impl Definitions {
    /// Returns the number of the definition.
    pub(super) fn number(&mut self, definition: &StepMatch) -> u64 {
        let StepMatch { file, line, pattern, .. } = definition;
        let same_pattern = self.numbers.get(&**pattern).into_iter().flatten();
        let mut same = same_pattern.filter(|(known, at, _)| at == line && known == file);
        if let Some((_, _, number)) = same.next() {
            return *number;
        }
        let number = self.count;
        self.count += 1;
        let entry = (file.to_string(), *line, number);
        self.numbers.entry(pattern.to_string()).or_default().push(entry);
        self.new.push((number, definition.clone()));
        number
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
