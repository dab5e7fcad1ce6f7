//! Which definitions are worth trying for a text, found without trying them.
//!
//! A literal is looked up as a whole. Of every other pattern the index keeps one word that all its
//! matches hold, the one the fewest patterns share; a pattern without such a word is found by what
//! it begins with. What a pattern begins and ends with rules out most of the rest.

use std::collections::HashMap;

use super::{PatternKind, StepDefinition};
use crate::sort::sort_by_key;

/// An index over a list of definitions; positions are those in the list.
#[derive(Debug)]
pub(super) struct Index {
    literals: HashMap<&'static str, Vec<usize>>,
    by_word: HashMap<&'static str, Vec<Keyed>>,
    /// Ordered by what they begin with.
    by_beginning: Vec<Keyed>,
}

#[derive(Debug, Clone, Copy)]
struct Keyed {
    position: usize,
    begins_with: &'static str,
    ends_with: &'static str,
    /// Among those ordered by beginning: the last one before whose beginning this one begins with.
    shorter: Option<usize>,
}

impl Index {
    pub(super) fn new(definitions: &[&'static StepDefinition]) -> Self {
        let texts: Vec<_> = definitions.iter().map(|d| d.pattern.literals()).collect();
        let shared_by = frequencies(&texts);
        let mut literals: HashMap<&'static str, Vec<usize>> = HashMap::new();
        let mut by_word: HashMap<&'static str, Vec<Keyed>> = HashMap::new();
        let mut by_beginning = Vec::new();
        for (position, (definition, texts)) in definitions.iter().zip(&texts).enumerate() {
            let pattern = &definition.pattern;
            if pattern.kind == PatternKind::Literal {
                literals.entry(pattern.source).or_default().push(position);
                continue;
            }
            let keyed = Keyed {
                position,
                begins_with: texts.first().unwrap_or(&""),
                ends_with: texts.last().unwrap_or(&""),
                shorter: None,
            };
            match whole_words(texts).min_by_key(|word| shared_by[word]) {
                Some(word) => by_word.entry(word).or_default().push(keyed),
                None => by_beginning.push(keyed),
            }
        }
        sort_by_key(&mut by_beginning, |keyed| keyed.begins_with);
        link(&mut by_beginning);
        Self { literals, by_word, by_beginning }
    }

    /// The definitions that may match `text`, in the order of the list.
    pub(super) fn candidates(&self, text: &str) -> Vec<usize> {
        let mut found = self.literals.get(text).cloned().unwrap_or_default();
        for word in words(text) {
            let keyed = self.by_word.get(word).into_iter().flatten();
            found.extend(keyed.filter(|k| k.fits(text)).map(|k| k.position));
        }
        // All beginnings of the text stand before it, and each begins with the one before.
        let mut at = self.by_beginning.partition_point(|k| k.begins_with <= text).checked_sub(1);
        while let Some(index) = at {
            let keyed = self.by_beginning[index];
            if keyed.fits(text) {
                found.push(keyed.position);
            }
            at = keyed.shorter;
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

impl Keyed {
    fn fits(&self, text: &str) -> bool {
        text.starts_with(self.begins_with) && text.ends_with(self.ends_with)
    }
}

fn link(sorted: &mut [Keyed]) {
    for index in 1..sorted.len() {
        let begins_with = sorted[index].begins_with;
        let mut before = Some(index - 1);
        while let Some(at) = before {
            if begins_with.starts_with(sorted[at].begins_with) {
                break;
            }
            before = sorted[at].shorter;
        }
        sorted[index].shorter = before;
    }
}

/// How many patterns hold a word, by the texts that each holds.
fn frequencies(patterns: &[Vec<&'static str>]) -> HashMap<&'static str, usize> {
    let mut frequencies = HashMap::new();
    for texts in patterns {
        for word in whole_words(texts) {
            *frequencies.entry(word).or_default() += 1;
        }
    }
    frequencies
}

/// The words that stand whole in every match: what touches a capture may be part of a longer word.
fn whole_words(literals: &[&'static str]) -> impl Iterator<Item = &'static str> {
    let last = literals.len().saturating_sub(1);
    literals.iter().enumerate().flat_map(move |(index, literal)| {
        let inner = literal.trim_start_matches(|c| index > 0 && is_word(c));
        let inner = inner.trim_end_matches(|c| index < last && is_word(c));
        words(inner)
    })
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c| !is_word(c)).filter(|word| !word.is_empty())
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric()
}
