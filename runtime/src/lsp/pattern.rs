//! The text of a pattern, taken apart into fixed texts, parameters and choices.

use super::refusal::Refusal;
use crate::engine::StepDefinition;
use crate::model::PatternKind;

/// A part of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Text(String),
    /// The name of the parameter type; empty for `{}`.
    Parameter(String),
    /// Texts of which one is written; an empty one is the absence of an optional text.
    Choice(Vec<String>),
}

/// Returns the pieces of a definition's pattern; empty for a regex without known texts.
pub(super) fn pieces_of(definition: &StepDefinition) -> Vec<Piece> {
    let pattern = &definition.pattern;
    match pattern.kind {
        PatternKind::Literal => vec![Piece::Text(pattern.source.to_owned())],
        PatternKind::Expression => pieces(pattern.source).unwrap_or_default(),
        PatternKind::Regex => {
            let mut names = pattern.groups.iter().map(|group| group.parameter);
            let mut found = Vec::new();
            for (index, text) in pattern.literals().into_iter().enumerate() {
                if index > 0 {
                    found.push(Piece::Parameter(names.next().unwrap_or_default().to_owned()));
                }
                found.push(Piece::Text(text.to_owned()));
            }
            found
        }
    }
}

/// Takes a Cucumber Expression apart.
///
/// # Errors
/// A bracket that is not closed.
pub(super) fn pieces(expression: &str) -> Result<Vec<Piece>, Refusal> {
    let mut found: Vec<Piece> = Vec::new();
    for word in words(expression) {
        let alternatives = split_alternatives(word);
        if let [one] = alternatives.as_slice() {
            found.extend(items(one)?);
        } else {
            let mut choices = Vec::new();
            for alternative in alternatives {
                choices.extend(spellings(&items(alternative)?));
            }
            found.push(Piece::Choice(choices));
        }
    }
    let mut joined: Vec<Piece> = Vec::new();
    for piece in found {
        match (joined.last_mut(), piece) {
            (Some(Piece::Text(last)), Piece::Text(text)) => last.push_str(&text),
            (_, piece) => joined.push(piece),
        }
    }
    Ok(joined)
}

/// Returns every text that fixed pieces can be written as, the longest choice first.
pub(super) fn spellings(pieces: &[Piece]) -> Vec<String> {
    let mut texts = vec![String::new()];
    for piece in pieces {
        texts = match piece {
            Piece::Text(text) => texts.into_iter().map(|known| known + text).collect(),
            Piece::Parameter(name) => {
                texts.into_iter().map(|known| format!("{known}{{{name}}}")).collect()
            }
            Piece::Choice(choices) => texts
                .iter()
                .flat_map(|known| choices.iter().map(move |choice| format!("{known}{choice}")))
                .collect(),
        };
        // A pattern with more is not worth the time.
        texts.truncate(64);
    }
    texts
}

/// Returns the text split before and after each run of blanks outside of brackets.
fn words(expression: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let (mut start, mut depth, mut was_blank) = (0, 0_usize, false);
    let mut characters = expression.char_indices();
    while let Some((at, c)) = characters.next() {
        let is_blank = c.is_whitespace() && depth == 0;
        if is_blank != was_blank && at > start {
            words.push(&expression[start..at]);
            start = at;
        }
        was_blank = is_blank;
        match c {
            '\\' => drop(characters.next()),
            '(' | '{' => depth += 1,
            ')' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    words.push(&expression[start..]);
    words
}

fn split_alternatives(word: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut depth) = (0, 0_usize);
    let mut characters = word.char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            '\\' => drop(characters.next()),
            '(' | '{' => depth += 1,
            ')' | '}' => depth = depth.saturating_sub(1),
            '/' if depth == 0 => {
                parts.push(&word[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&word[start..]);
    parts
}

/// Reads a text without alternatives.
fn items(text: &str) -> Result<Vec<Piece>, Refusal> {
    let mut found = vec![];
    let mut plain = String::new();
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        match c {
            '\\' => plain.extend(characters.next()),
            '{' | '(' => {
                let inner = closed(&mut characters, c)?;
                if !plain.is_empty() {
                    found.push(Piece::Text(std::mem::take(&mut plain)));
                }
                found.push(match c {
                    '{' => Piece::Parameter(inner),
                    _ => Piece::Choice(vec![inner, String::new()]),
                });
            }
            c => plain.push(c),
        }
    }
    if !plain.is_empty() {
        found.push(Piece::Text(plain));
    }
    Ok(found)
}

fn closed(characters: &mut std::str::Chars<'_>, open: char) -> Result<String, Refusal> {
    let close = if open == '{' { '}' } else { ')' };
    let mut inner = String::new();
    while let Some(c) = characters.next() {
        match c {
            '\\' => inner.extend(characters.next()),
            c if c == close => return Ok(inner),
            c => inner.push(c),
        }
    }
    Err(Refusal::NotClosed(open))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_taken_apart() {
        let text = |text: &str| Piece::Text(text.to_owned());
        let found = pieces(r"I put/place {int} apple(s) in \(the) {string}").unwrap();
        let choice = |choices: &[&str]| Piece::Choice(choices.iter().map(|&c| c.into()).collect());
        let expected = [
            text("I "),
            choice(&["put", "place"]),
            text(" "),
            Piece::Parameter("int".to_owned()),
            text(" apple"),
            choice(&["s", ""]),
            text(" in (the) "),
            Piece::Parameter("string".to_owned()),
        ];
        assert_eq!(found, expected);
        assert_eq!(spellings(&pieces("a/b(c)").unwrap()), ["a", "bc", "b"]);
        assert!(matches!(pieces("a {int"), Err(Refusal::NotClosed('{'))));
    }
}
