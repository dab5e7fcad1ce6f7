//! Suggestions for an undefined step.

use super::value::value_length;
use crate::engine::definition::StepDefinition;
use crate::model::Candidate;
use crate::text::edit_distance;

/// Placeholder of a value in the shapes that are compared.
const VALUE: char = '\u{1}';
const MAX_SUGGESTIONS: usize = 3;

/// Returns other spellings of `text` that a definition may match, each with a hint.
pub(super) fn spelling_variants(text: &str) -> Vec<(String, String)> {
    let blanks = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let unpunctuated = blanks.trim_end_matches(['.', ',', ';', ':', '!', '?']).to_owned();
    let single = blanks.replace('"', "'");
    let double = blanks.replace('\'', "\"");
    let mut spelling_variants = vec![
        (blanks.clone(), "it would match with single spaces"),
        (unpunctuated, "it would match without the punctuation at the end"),
        (format!("{blanks}."), "it would match with a full stop at the end"),
        (single, "it would match with single quotes"),
        (double, "it would match with double quotes"),
    ];
    spelling_variants.retain(|(variant, _)| variant != text);
    spelling_variants.into_iter().map(|(variant, hint)| (variant, hint.to_owned())).collect()
}

/// The shapes of all definitions, computed when the first undefined step needs them.
#[derive(Debug)]
pub(super) struct PatternShapes(Vec<PatternShape>);

#[derive(Debug)]
struct PatternShape {
    definition: &'static StepDefinition,
    text: Vec<char>,
    folded: Vec<char>,
    counts: Counts,
}

impl PatternShapes {
    pub(super) fn of(definitions: impl Iterator<Item = &'static StepDefinition>) -> Self {
        let shape = |definition: &'static StepDefinition| {
            let text: Vec<char> = shape_of_pattern(definition).chars().collect();
            let folded = case_fold(&text);
            PatternShape { definition, counts: Counts::of(&folded), text, folded }
        };
        Self(definitions.map(shape).collect())
    }

    /// Returns the definitions whose shape is nearest to that of `text`, best first.
    pub(super) fn nearest(&self, text: &str) -> Vec<Candidate> {
        let wanted: Vec<char> = shape_of_text(text).chars().collect();
        let folded = case_fold(&wanted);
        let counts = Counts::of(&folded);
        let farthest = (wanted.len() * 2 / 5).max(3);
        // In order of the lower bound: once enough near ones are found, the rest need not be compared.
        let mut promising: Vec<_> = self
            .0
            .iter()
            .enumerate()
            .map(|(position, shape)| (counts.least_distance(&shape.counts), position))
            .filter(|(least, _)| *least <= farthest)
            .collect();
        promising.sort();
        let mut near: Vec<(usize, usize)> = Vec::new();
        for (least, position) in promising {
            let limit =
                if near.len() < MAX_SUGGESTIONS { farthest } else { near[MAX_SUGGESTIONS - 1].0 };
            if least > limit {
                break;
            }
            if let Some(distance) = edit_distance(&folded, &self.0[position].folded, limit) {
                near.push((distance, position));
                near.sort();
                near.truncate(MAX_SUGGESTIONS);
            }
        }
        let candidate = |(distance, position): (usize, usize)| {
            let shape = &self.0[position];
            let hint = (distance == 0 && wanted != shape.text)
                .then(|| "only upper and lower case differ".to_owned());
            Candidate { hint, ..shape.definition.candidate() }
        };
        near.into_iter().map(candidate).collect()
    }
}

/// Number of occurrences of characters in a text, with several characters sharing a counter.
#[derive(Debug)]
struct Counts([u8; 32]);

impl Counts {
    fn of(text: &[char]) -> Self {
        let mut counts = [0_u8; 32];
        for c in text {
            let count = &mut counts[u32::from(*c) as usize % 32];
            *count = count.saturating_add(1);
        }
        Self(counts)
    }

    /// Returns a lower bound of the edit distance of two texts with these counts: one edit removes a
    /// character, adds one, or does both.
    fn least_distance(&self, other: &Self) -> usize {
        let (mut less, mut more) = (0_usize, 0_usize);
        for (a, b) in self.0.iter().zip(&other.0) {
            less += usize::from(a.saturating_sub(*b));
            more += usize::from(b.saturating_sub(*a));
        }
        less.max(more)
    }
}

fn case_fold(text: &[char]) -> Vec<char> {
    let mut folded = Vec::with_capacity(text.len());
    text.iter().for_each(|c| folded.extend(c.to_lowercase()));
    folded
}

/// Returns the text with each quoted text and each number replaced by the placeholder.
fn shape_of_text(text: &str) -> String {
    let mut shape = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = value_length(rest, shape.chars().next_back());
        if length > 0 {
            shape.push(VALUE);
            rest = &rest[length..];
        } else {
            shape.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    shape
}

fn shape_of_pattern(definition: &StepDefinition) -> String {
    let pattern = &definition.pattern;
    let literals = pattern.literals();
    if literals.is_empty() {
        return shape_of_text(pattern.source);
    }
    let shape = literals.join(&VALUE.to_string());
    // In a regex the quotes are often outside the group.
    shape
        .replace(&format!("'{VALUE}'"), &VALUE.to_string())
        .replace(&format!("\"{VALUE}\""), &VALUE.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_never_overestimate_the_distance() {
        let words =
            ["", "a", "kitten", "sitting", "mitten", "kit", "tiktik", "gnittis", "ssitingk"];
        for (one, other) in words.iter().flat_map(|one| words.map(|other| (*one, other))) {
            let [one, other] = [one, other].map(|text| text.chars().collect::<Vec<_>>());
            let whole = edit_distance(&one, &other, 100);
            let least = Counts::of(&one).least_distance(&Counts::of(&other));
            assert!(Some(least) <= whole, "{one:?} {other:?}");
        }
    }

    #[test]
    fn values_are_quoted_texts_and_numbers() {
        assert_eq!(shape_of_text("a 'b c' has 12.5 or -3"), "a \u{1} has \u{1} or \u{1}");
        assert_eq!(shape_of_text("it's utf8 'open"), "it's utf8 'open");
        assert_eq!(shape_of_text("3rd 1."), "3rd \u{1}.");
    }
}
