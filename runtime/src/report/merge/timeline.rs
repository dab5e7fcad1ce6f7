//! Merges timelines: the lines of all runs in one page.
//!
//! The page itself aligns the runs in time and joins the attempts at a scenario.

use serde_json::value::RawValue;

use super::error::{MergeError, MergeErrorKind};
use super::input::{IncompleteInputs, MergeInput, Merged};
use crate::report::timeline_page::lines_of;

/// Returns the lines of all pages. An input that appears twice counts once.
///
/// # Errors
///
/// Returns an error if an input is not a timeline. A page without the end of its run is an error unless
/// `incomplete` accepts it.
pub fn merge_timelines(
    inputs: &[MergeInput],
    incomplete: IncompleteInputs,
) -> Result<Merged, MergeError> {
    let mut merged = Merged { text: String::new(), incomplete: Vec::new() };
    for (number, input) in inputs.iter().enumerate() {
        if inputs[..number].iter().any(|before| before.text == input.text) {
            continue;
        }
        if let Err(error) = add(input, &mut merged.text) {
            incomplete.check(&error)?;
            merged.incomplete.push(error);
        }
    }
    Ok(merged)
}

/// Adds the lines of a page, as far as they go.
fn add(input: &MergeInput, text: &mut String) -> Result<(), MergeError> {
    let error = |line, kind| Err(MergeError::new(&input.name, line, kind));
    if input.is_empty() {
        return error(1, MergeErrorKind::Empty);
    }
    let Some(lines) = lines_of(&input.text) else { return error(1, MergeErrorKind::NotTimeline) };
    for line in lines.lines() {
        if serde_json::from_str::<&RawValue>(line).is_ok() {
            text.push_str(line);
            text.push('\n');
        }
    }
    match lines.trim_end().lines().last() {
        Some(last) if last.starts_with("{\"end\":") && lines.ends_with('\n') => Ok(()),
        _ => error(input.text.lines().count(), MergeErrorKind::UnfinishedTimeline),
    }
}
