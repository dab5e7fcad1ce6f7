//! The end of a run: what did not pass, worst first, the counts, and the command that reruns it.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use super::format::summary;
use super::rerun_command::RerunCommand;
use super::result_line::mark;
use super::style::Style;
use crate::model::OutcomeKind;
use crate::report::problem::reason;
use crate::report::{ScenarioRecord, ScenarioStatus, Totals};
use crate::text::{cut_end, cut_middle, display_width, shell_quote};

/// The columns of the mark and the word before the place of a scenario.
const WORD_COLUMNS: usize = 11;
const PLACE_COLUMN: usize = 4 + WORD_COLUMNS + 1;
/// The least width of a name beside a place.
const MIN_NAME_COLUMNS: usize = 12;

/// What other parts of the program add to the end of a run. Clones share their content.
#[derive(Debug, Clone, Default)]
pub struct ClosingNotes(Rc<RefCell<Notes>>);

#[derive(Debug, Default)]
struct Notes {
    /// The text above the list of what did not pass.
    sections: Vec<u8>,
    rerun_file: Option<PathBuf>,
}

impl ClosingNotes {
    /// Sets the file that lists what to rerun.
    pub fn set_rerun_file(&self, path: Option<PathBuf>) {
        self.0.borrow_mut().rerun_file = path;
    }

    /// Takes the added text.
    pub(super) fn take_sections(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.borrow_mut().sections)
    }

    /// Returns the file that lists what to rerun.
    pub fn rerun_file(&self) -> Option<PathBuf> {
        self.0.borrow().rerun_file.clone()
    }
}

/// Adds text above the list of what did not pass.
impl Write for ClosingNotes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().sections.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The scenarios that did not simply pass.
#[derive(Debug, Default)]
pub(super) struct Closing {
    pub(super) records: Vec<Arc<ScenarioRecord>>,
}

impl Closing {
    /// Adds a scenario, unless it passed or skipped itself.
    pub(super) fn add(&mut self, record: &Arc<ScenarioRecord>) {
        if rank(record).is_some() {
            self.records.push(Arc::clone(record));
        }
    }

    /// Returns the list, the summary and the command, each below a blank line.
    pub(super) fn render(
        &mut self,
        totals: &Totals,
        duration: Duration,
        rerun: &RerunCommand,
        notes: &ClosingNotes,
        style: Style,
        columns: Option<usize>,
    ) -> String {
        let mut text = String::new();
        self.records.sort_by_key(|record| (rank(record), record.number));
        if !self.records.is_empty() {
            text.push('\n');
        }
        for record in &self.records {
            entry(&mut text, record, style, columns);
        }
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "\n{}", summary(totals, duration, style));
        if totals.has_failing_flaky() {
            let _ = writeln!(text, "{} flaky scenarios fail this run", style.failure("error:"));
        }
        if let Some(command) = self.rerun_line(rerun, notes) {
            let _ = writeln!(text, "{} {command}", style.bold("rerun:"));
        }
        text
    }

    /// Returns the command that reruns what failed and what was interrupted.
    fn rerun_line(&self, rerun: &RerunCommand, notes: &ClosingNotes) -> Option<String> {
        let is_rerun = |record: &&Arc<ScenarioRecord>| record.status() != ScenarioStatus::Flaky;
        let mut records = self.records.iter().filter(is_rerun);
        match (records.next(), records.next(), notes.rerun_file()) {
            (None, ..) => None,
            (Some(record), None, _) => Some(rerun.of(record)),
            (Some(_), Some(_), Some(file)) => Some(format!(
                "{} --rerun {}",
                rerun.command(),
                shell_quote(&file.to_string_lossy())
            )),
            (Some(_), Some(_), None) => None,
        }
    }
}

/// Returns the position of a scenario in the list, worst first; `None` if it is not listed.
fn rank(record: &ScenarioRecord) -> Option<u8> {
    Some(match (record.status(), record.deciding_step()) {
        (ScenarioStatus::Passed | ScenarioStatus::Skipped, _) => return None,
        (ScenarioStatus::Flaky, _) => 6,
        (ScenarioStatus::Interrupted, _) => 5,
        (ScenarioStatus::Failed, Some((_, result))) => match result.outcome.kind() {
            OutcomeKind::TimedOut => 1,
            OutcomeKind::Ambiguous => 2,
            OutcomeKind::Undefined => 3,
            OutcomeKind::Pending => 4,
            _ => 0,
        },
        (ScenarioStatus::Failed, None) => 0,
    })
}

/// Adds the place and the name of a scenario, and the first line of the reason below.
fn entry(text: &mut String, record: &ScenarioRecord, style: Style, columns: Option<usize>) {
    let status = record.status();
    let word = match (status, record.deciding_step()) {
        (ScenarioStatus::Flaky, _) => "flaky",
        (ScenarioStatus::Interrupted, _) => "interrupted",
        (_, Some((_, result))) if result.outcome.is_failure() => result.outcome.as_str(),
        _ => "failed",
    };
    let word = format!("{word:WORD_COLUMNS$}");
    let word = match status {
        ScenarioStatus::Failed => style.failure(word),
        _ => style.warning(word),
    };
    let location = record.location();
    let place = format!("{}:{}", location.path, location.line);
    let name = record.scenario.one_line_name();
    let mark = mark(status, style);
    let beside = columns.map(|c| c.saturating_sub(PLACE_COLUMN + display_width(&place) + 2));
    let indent = " ".repeat(if columns.is_some_and(|c| c < 60) { 4 } else { PLACE_COLUMN });
    let below = columns.map(|columns| columns.saturating_sub(indent.len()));
    let first_line = match beside {
        Some(room) if room < MIN_NAME_COLUMNS => {
            format!("{place}\n{indent}{}", cut_middle(&name, below.unwrap_or(usize::MAX)))
        }
        Some(room) => format!("{place}  {}", cut_middle(&name, room)),
        None => format!("{place}  {name}"),
    };
    let reason = reason(record);
    let reason = cut_end(&reason, below.unwrap_or(usize::MAX));
    let _ = writeln!(text, "  {mark} {word} {first_line}");
    if !reason.is_empty() {
        let _ = writeln!(text, "{indent}{}", style.dim(reason));
    }
}
