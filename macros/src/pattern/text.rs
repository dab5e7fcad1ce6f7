//! Patterns that look right and match no step text.
//!
//! A step text has one line, and no blank at its start or its end.

use std::borrow::Cow;

use crate::expression::BUILT_IN;

type Checked = Result<(), Cow<'static, str>>;

/// Checks a text that is matched as it is.
pub(super) fn check_literal(text: &str) -> Checked {
    check_slashes(text)?;
    check_lines(text)?;
    check_ends(&[text])?;
    let named = BUILT_IN.iter().chain(&[""]).find(|name| text.contains(&format!("{{{name}}}")));
    match named {
        None => Ok(()),
        Some(name) => Err(format!(
            "a plain text has no parameters: `{{{name}}}` matches only itself\n\
             help: write `expr = \"…\"` before the text; for the characters themselves, `expr = \"… \\\\{{{name}}} …\"`"
        )
        .into()),
    }
}

/// Checks a regex as it was written. Without `regex =`, an anchor makes a text a regex.
pub(super) fn check_regex(regex: &str, is_marked: bool) -> Checked {
    check_slashes(regex)?;
    let one_anchor = regex.starts_with('^') != regex.ends_with('$');
    if !is_marked && one_anchor && !regex.contains(['\\', '(', '[', '{', '|', '*', '+']) {
        let (anchor, place) = if regex.starts_with('^') { ('^', "start") } else { ('$', "end") };
        return Err(format!(
            "`{anchor}` at the {place} makes this text a regex, which does not match the character\n\
             help: for the character write `expr = \"…\"` before the text, for a regex `regex = \"…\"`"
        )
        .into());
    }
    Ok(())
}

/// Checks the fixed texts of a pattern, from the first to the last.
pub(super) fn check_ends(literals: &[impl AsRef<str>]) -> Checked {
    let starts =
        literals.first().is_some_and(|text| text.as_ref().starts_with(char::is_whitespace));
    let ends = literals.last().is_some_and(|text| text.as_ref().ends_with(char::is_whitespace));
    let (verb, place) = match (starts, ends) {
        (true, _) => ("begins", "start"),
        (_, true) => ("ends", "end"),
        _ => return Ok(()),
    };
    Err(format!(
        "a step text never {verb} with a blank, so this pattern never matches\n\
         help: remove the blank at the {place}"
    )
    .into())
}

/// Checks that a pattern has one line.
pub(super) fn check_lines(text: &str) -> Checked {
    if text.contains(['\n', '\r']) {
        return Err("a step text has one line, so this pattern never matches\n\
                    help: write one line; what is below it is a table or a doc string"
            .into());
    }
    Ok(())
}

/// Refuses the way in which other languages write a regex.
fn check_slashes(text: &str) -> Checked {
    let end = text.trim_end_matches(|character: char| character.is_ascii_lowercase());
    if text.starts_with("/^") || (text.starts_with('/') && end.ends_with("$/")) {
        return Err("this is a regex between slashes, and the slashes would have to match\n\
                    help: write `regex = r\"^…$\"` without slashes"
            .into());
    }
    Ok(())
}
