//! Index of the definitions that may match a text, found without matching.
//!
//! A literal is looked up as a whole. For every other pattern the index keeps the rarest word that all
//! its matches contain; a pattern without such a word is found by its prefix. Prefix and suffix exclude
//! most of the remaining patterns.

use rustc_hash::FxHashMap;

use crate::engine::definition::StepDefinition;
use crate::model::PatternKind;

/// Index of a list of definitions; positions are those in the list.
#[derive(Debug)]
pub(super) struct Index {
    literals: FxHashMap<&'static str, Vec<usize>>,
    by_word: FxHashMap<&'static [u8], Vec<IndexEntry>>,
    /// Sorted by prefix.
    by_beginning: Vec<IndexEntry>,
}

#[derive(Debug, Clone, Copy)]
struct IndexEntry {
    position: usize,
    begins_with: &'static str,
    ends_with: &'static str,
    /// In the list sorted by prefix: the last entry before this one whose prefix is a prefix of this one's.
    prefix_of: Option<usize>,
}

impl Index {
    pub(super) fn new(definitions: &[&'static StepDefinition]) -> Self {
        let texts: Vec<_> = definitions.iter().map(|d| d.pattern.literals()).collect();
        let shared_by = frequencies(&texts);
        let mut literals: FxHashMap<&'static str, Vec<usize>> = FxHashMap::default();
        let mut by_word: FxHashMap<&'static [u8], Vec<IndexEntry>> = FxHashMap::default();
        let mut by_beginning = Vec::new();
        for (position, (definition, texts)) in definitions.iter().zip(&texts).enumerate() {
            let pattern = &definition.pattern;
            if pattern.kind == PatternKind::Literal {
                literals.entry(pattern.source).or_default().push(position);
                continue;
            }
            let keyed = IndexEntry {
                position,
                begins_with: texts.first().unwrap_or(&""),
                ends_with: texts.last().unwrap_or(&""),
                prefix_of: None,
            };
            match whole_words(texts).min_by_key(|word| shared_by[word]) {
                Some(word) => by_word.entry(word).or_default().push(keyed),
                None => by_beginning.push(keyed),
            }
        }
        by_beginning.sort_by_key(|keyed| keyed.begins_with);
        link_prefixes(&mut by_beginning);
        Self { literals, by_word, by_beginning }
    }

    /// Returns the definitions that may match `text`, in the order of the list.
    pub(super) fn candidates(&self, text: &str) -> Vec<usize> {
        let mut found = self.literals.get(text).cloned().unwrap_or_default();
        for word in words(text) {
            let keyed = self.by_word.get(word).into_iter().flatten();
            found.extend(keyed.filter(|k| k.could_match(text)).map(|k| k.position));
        }
        // All prefixes of the text sort before it, and each starts with the previous one.
        let mut at = self.by_beginning.partition_point(|k| k.begins_with <= text).checked_sub(1);
        while let Some(index) = at {
            let keyed = self.by_beginning[index];
            if keyed.could_match(text) {
                found.push(keyed.position);
            }
            at = keyed.prefix_of;
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

impl IndexEntry {
    fn could_match(&self, text: &str) -> bool {
        text.starts_with(self.begins_with) && text.ends_with(self.ends_with)
    }
}

fn link_prefixes(sorted: &mut [IndexEntry]) {
    for index in 1..sorted.len() {
        let begins_with = sorted[index].begins_with;
        let mut before = Some(index - 1);
        while let Some(at) = before {
            if begins_with.starts_with(sorted[at].begins_with) {
                break;
            }
            before = sorted[at].prefix_of;
        }
        sorted[index].prefix_of = before;
    }
}

/// Counts the patterns that contain each word, given the literal texts of each pattern.
fn frequencies(patterns: &[Vec<&'static str>]) -> FxHashMap<&'static [u8], usize> {
    let mut frequencies = FxHashMap::default();
    for texts in patterns {
        for word in whole_words(texts) {
            *frequencies.entry(word).or_default() += 1;
        }
    }
    frequencies
}

/// Returns the words that are whole in every match: a word next to a capture may be part of a longer one.
fn whole_words(literals: &[&'static str]) -> impl Iterator<Item = &'static [u8]> {
    let last = literals.len().saturating_sub(1);
    literals.iter().enumerate().flat_map(move |(index, literal)| {
        let inner = literal.trim_start_matches(|c| index > 0 && is_word(c));
        let inner = inner.trim_end_matches(|c| index < last && is_word(c));
        words(inner)
    })
}

fn words(text: &str) -> impl Iterator<Item = &[u8]> {
    let words = text.as_bytes().split(|byte| !is_word(char::from(*byte)));
    words.filter(|word| !word.is_empty())
}

/// Returns whether a character belongs to a word. All beyond ASCII do: then so do all bytes of one, and none
/// must be decoded.
fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || !character.is_ascii()
}
