//! Scores and definitions in words.

use std::fmt::Write as _;

use crate::model::StepMatch;
use crate::mutation::Score;

/// Returns a score such as `97.3 %`.
pub(super) fn percent(score: Score) -> String {
    score.percent().map_or_else(|| "no score".to_owned(), |percent| format!("{percent:.1} %"))
}

/// Returns the function and the location of a definition.
pub(super) fn definition_name(definition: &StepMatch) -> String {
    format!("{} ({}:{})", definition.function, definition.file, definition.line)
}

/// Returns the counts of a score, those that are 0 left out.
pub(super) fn counts(score: Score) -> String {
    let named = [
        (score.unnoticed, "unnoticed"),
        (score.unclear, "cannot tell"),
        (score.not_run, "not run"),
        (score.skipped, "skipped"),
    ];
    let mut text = format!("{} noticed", score.noticed);
    for (count, name) in named.into_iter().filter(|(count, _)| *count > 0) {
        let _ = write!(text, ", {count} {name}");
    }
    text
}
