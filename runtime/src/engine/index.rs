//! Which definitions are worth trying for a text, found without trying them.
//!
//! A literal is looked up as a whole. Of every other pattern the index keeps one literal that all
//! its matches hold, the one the fewest patterns share, and finds all that occur in a text in one
//! pass. What a pattern begins and ends with rules out most of the rest before a regex runs.

use std::collections::HashMap;

use aho_corasick::{AhoCorasick, MatchKind};

use super::{PatternKind, StepDefinition};

/// An index over a list of definitions; positions are those in the list.
#[derive(Debug)]
pub(super) struct Index {
    literals: HashMap<&'static str, Vec<usize>>,
    /// Finds the keys that occur in a text; `None` when there is no key.
    finder: Option<AhoCorasick>,
    /// For each key the patterns it stands for.
    by_key: Vec<Vec<Keyed>>,
    /// The patterns without any literal, which are always worth trying.
    unkeyed: Vec<usize>,
}

#[derive(Debug)]
struct Keyed {
    position: usize,
    begins_with: &'static str,
    ends_with: &'static str,
}

impl Index {
    pub(super) fn new(definitions: &[&'static StepDefinition]) -> Self {
        let mut literals: HashMap<&'static str, Vec<usize>> = HashMap::new();
        let mut keys: HashMap<&'static str, Vec<Keyed>> = HashMap::new();
        let mut unkeyed = Vec::new();
        let shared_by = frequencies(definitions);
        for (position, definition) in definitions.iter().enumerate() {
            let pattern = &definition.pattern;
            if pattern.kind == PatternKind::Literal {
                literals.entry(pattern.source).or_default().push(position);
                continue;
            }
            let key = pattern
                .literals
                .iter()
                .filter(|literal| !literal.is_empty())
                .min_by_key(|literal| (shared_by[**literal], usize::MAX - literal.len()));
            match key {
                Some(key) => keys.entry(key).or_default().push(Keyed {
                    position,
                    begins_with: pattern.literals.first().unwrap_or(&""),
                    ends_with: pattern.literals.last().unwrap_or(&""),
                }),
                None => unkeyed.push(position),
            }
        }
        let (keys, by_key): (Vec<&str>, Vec<Vec<Keyed>>) = keys.into_iter().unzip();
        // Building fails only beyond 2^31 bytes of keys; then every pattern is tried.
        let finder = AhoCorasick::builder().match_kind(MatchKind::Standard).build(&keys).ok();
        if finder.is_none() {
            unkeyed.extend(by_key.iter().flatten().map(|keyed| keyed.position));
        }
        Self { literals, finder: finder.filter(|_| !keys.is_empty()), by_key, unkeyed }
    }

    /// The definitions that may match `text`, in the order of the list.
    pub(super) fn candidates(&self, text: &str) -> Vec<usize> {
        let mut found = self.literals.get(text).cloned().unwrap_or_default();
        found.extend(&self.unkeyed);
        if let Some(finder) = &self.finder {
            for key in finder.find_overlapping_iter(text) {
                let keyed = self.by_key[key.pattern().as_usize()].iter();
                found.extend(keyed.filter(|k| k.fits(text)).map(|k| k.position));
            }
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

/// How many patterns hold a literal.
fn frequencies(definitions: &[&'static StepDefinition]) -> HashMap<&'static str, usize> {
    let mut frequencies = HashMap::new();
    for definition in definitions {
        for literal in definition.pattern.literals {
            *frequencies.entry(*literal).or_default() += 1;
        }
    }
    frequencies
}
