//! What the author of an undefined step may have meant.

use super::StepDefinition;
use crate::model::Candidate;
use crate::sort::sort_by;

/// Stands for a value in the outlines that are compared.
const VALUE: char = '\u{1}';
const MOST: usize = 3;

/// Other spellings of `text` that a definition may match, with what they change.
pub(super) fn spellings(text: &str) -> Vec<(String, String)> {
    let blanks = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let unpunctuated = blanks.trim_end_matches(['.', ',', ';', ':', '!', '?']).to_owned();
    let single = blanks.replace('"', "'");
    let double = blanks.replace('\'', "\"");
    let mut spellings = vec![
        (blanks.clone(), "it matches with one blank between the words and none around them"),
        (unpunctuated, "it matches without the punctuation at the end"),
        (format!("{blanks}."), "it matches with a full stop at the end"),
        (single, "it matches with single quotes"),
        (double, "it matches with double quotes"),
    ];
    spellings.retain(|(variant, _)| variant != text);
    spellings.into_iter().map(|(variant, hint)| (variant, hint.to_owned())).collect()
}

/// The outlines of all definitions, made when the first text without a definition asks for them.
#[derive(Debug)]
pub(super) struct Outlines(Vec<Outline>);

#[derive(Debug)]
struct Outline {
    definition: &'static StepDefinition,
    text: Vec<char>,
    folded: Vec<char>,
    counts: Counts,
}

impl Outlines {
    pub(super) fn of(definitions: impl Iterator<Item = &'static StepDefinition>) -> Self {
        let outline = |definition: &'static StepDefinition| {
            let text: Vec<char> = outline_of_pattern(definition).chars().collect();
            let folded = fold(&text);
            Outline { definition, counts: Counts::of(&folded), text, folded }
        };
        Self(definitions.map(outline).collect())
    }

    /// The definitions whose outline is nearest to that of `text`, best first.
    pub(super) fn nearest(&self, text: &str) -> Vec<Candidate> {
        let wanted: Vec<char> = outline_of_text(text).chars().collect();
        let folded = fold(&wanted);
        let counts = Counts::of(&folded);
        let farthest = (wanted.len() * 2 / 5).max(3);
        // The most promising first: once there are enough near ones, the rest need not be looked at.
        let mut promising: Vec<_> = self
            .0
            .iter()
            .enumerate()
            .map(|(position, outline)| (counts.least_distance(&outline.counts), position))
            .filter(|(least, _)| *least <= farthest)
            .collect();
        sort_by(&mut promising, Ord::cmp);
        let mut near: Vec<(usize, usize)> = Vec::new();
        for (least, position) in promising {
            let limit = if near.len() < MOST { farthest } else { near[MOST - 1].0 };
            if least > limit {
                break;
            }
            if let Some(distance) = distance(&folded, &self.0[position].folded, limit) {
                near.push((distance, position));
                sort_by(&mut near, Ord::cmp);
                near.truncate(MOST);
            }
        }
        let candidate = |(distance, position): (usize, usize)| {
            let outline = &self.0[position];
            let hint = (distance == 0 && wanted != outline.text)
                .then(|| "only upper and lower case differ".to_owned());
            Candidate { hint, ..outline.definition.candidate() }
        };
        near.into_iter().map(candidate).collect()
    }
}

/// How often characters stand in a text, several of them counted as one.
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

    /// So many edits at least lie between two texts with these counts: one edit takes away one
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

fn fold(text: &[char]) -> Vec<char> {
    let mut folded = Vec::with_capacity(text.len());
    text.iter().for_each(|c| folded.extend(c.to_lowercase()));
    folded
}

/// The text with every quoted text and every number as one value.
fn outline_of_text(text: &str) -> String {
    let mut outline = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = value_length(rest, outline.chars().next_back());
        if length > 0 {
            outline.push(VALUE);
            rest = &rest[length..];
        } else {
            outline.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    outline
}

/// The bytes of the value that `rest` begins with, 0 when it begins with none.
pub(super) fn value_length(rest: &str, before: Option<char>) -> usize {
    let first = rest.chars().next().unwrap_or(' ');
    if before.is_some_and(char::is_alphanumeric) {
        // The apostrophe of "it's" and the digits of "utf8" are part of a word.
        return 0;
    }
    if matches!(first, '"' | '\'') {
        return rest[1..].find(first).map_or(0, |end| end + 2);
    }
    let sign = usize::from(matches!(first, '-' | '+'));
    let digits = |from: usize| rest[from..].bytes().take_while(u8::is_ascii_digit).count();
    let whole = digits(sign);
    if whole == 0 {
        return 0;
    }
    let mut end = sign + whole;
    if rest[end..].starts_with('.') && digits(end + 1) > 0 {
        end += 1 + digits(end + 1);
    }
    let ends_word = !rest[end..].chars().next().is_some_and(char::is_alphanumeric);
    if ends_word { end } else { 0 }
}

fn outline_of_pattern(definition: &StepDefinition) -> String {
    let pattern = &definition.pattern;
    let literals = pattern.literals();
    if literals.is_empty() {
        return outline_of_text(pattern.source);
    }
    let outline = literals.join(&VALUE.to_string());
    // A regex often has the quotes outside its group.
    outline
        .replace(&format!("'{VALUE}'"), &VALUE.to_string())
        .replace(&format!("\"{VALUE}\""), &VALUE.to_string())
}

/// The edit distance of two texts unless it exceeds `limit`.
fn distance(a: &[char], b: &[char], limit: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > limit {
        return None;
    }
    let too_far = limit + 1;
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.iter().enumerate() {
        // What lies farther from the diagonal is farther than the limit.
        let (from, to) = (i.saturating_sub(limit), (i + limit + 1).min(b.len()));
        let mut diagonal = row[from];
        row[from] = if from == 0 { i + 1 } else { too_far };
        let mut nearest = row[from];
        for j in from..to {
            let changed = diagonal + usize::from(*left != b[j]);
            diagonal = row[j + 1];
            // The last one of the band has nothing above it.
            let above = if j == i + limit { too_far } else { diagonal };
            row[j + 1] = changed.min(above + 1).min(row[j] + 1);
            nearest = nearest.min(row[j + 1]);
        }
        if nearest > limit {
            return None;
        }
    }
    row.last().copied().filter(|d| *d <= limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(a: &str, b: &str, limit: usize) -> Option<usize> {
        distance(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>(), limit)
    }

    #[test]
    fn distance_counts_edits_up_to_the_limit() {
        assert_eq!(of("buffer", "buffer", 3), Some(0));
        assert_eq!(of("bufer", "buffers", 3), Some(2));
        assert_eq!(of("", "abc", 3), Some(3));
        assert_eq!(of("abc", "xyz", 2), None);
        assert_eq!(of("a", "abcdef", 3), None);
    }

    #[test]
    fn a_limit_only_cuts_off_what_exceeds_it() {
        let words =
            ["", "a", "kitten", "sitting", "mitten", "kit", "tiktik", "gnittis", "ssitingk"];
        for (one, other) in words.iter().flat_map(|one| words.map(|other| (*one, other))) {
            let whole = of(one, other, 100);
            for limit in 0..10 {
                let wanted = whole.filter(|distance| *distance <= limit);
                assert_eq!(of(one, other, limit), wanted, "{one} {other} {limit}");
            }
            let counts = |text: &str| Counts::of(&text.chars().collect::<Vec<_>>());
            assert!(Some(counts(one).least_distance(&counts(other))) <= whole, "{one} {other}");
        }
        assert_eq!(of("kitten", "sitting", 100), Some(3));
    }

    #[test]
    fn values_are_quoted_texts_and_numbers() {
        assert_eq!(outline_of_text("a 'b c' has 12.5 or -3"), "a \u{1} has \u{1} or \u{1}");
        assert_eq!(outline_of_text("it's utf8 'open"), "it's utf8 'open");
        assert_eq!(outline_of_text("3rd 1."), "3rd \u{1}.");
    }
}
