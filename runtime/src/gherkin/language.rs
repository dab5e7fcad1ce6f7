//! A language of Gherkin, ready to recognise the keyword a line begins with.

use super::ast::KeywordType;
use super::error::Expected;
use super::words::{WORDS, Words};
use crate::sort::sort_by_key;

/// What a keyword with a colon opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Title {
    Feature,
    Rule,
    Background,
    Scenario,
    Examples,
}

impl Title {
    /// The line this title opens, as the grammar names it.
    pub(super) fn expected(self) -> Expected {
        match self {
            Self::Feature => Expected::Feature,
            Self::Rule => Expected::Rule,
            Self::Background => Expected::Background,
            Self::Scenario => Expected::Scenario,
            Self::Examples => Expected::Examples,
        }
    }
}

/// A keyword that begins a step.
#[derive(Debug, Clone, Copy)]
pub(super) struct StepWord {
    /// As spelled, with the blank that ends it.
    pub(super) word: &'static str,
    pub(super) keyword_type: KeywordType,
}

/// The keywords of one language.
#[derive(Debug, Clone)]
pub(super) struct Language {
    pub(super) code: &'static str,
    pub(super) titles: Vec<(Title, &'static str)>,
    /// Longest first, so that the first match is the right one.
    pub(super) steps: Vec<StepWord>,
}

impl Language {
    /// The language a file has that names none.
    pub(super) fn english() -> Self {
        Self::find("en").unwrap_or(Self { code: "en", titles: Vec::new(), steps: Vec::new() })
    }

    /// The language with this code, spelled exactly so.
    pub(super) fn find(code: &str) -> Option<Self> {
        let index = WORDS.binary_search_by(|words| words.code.cmp(code)).ok()?;
        Some(Self::prepare(&WORDS[index]))
    }

    /// All languages, ordered by code.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        WORDS.iter().map(Self::prepare)
    }

    fn prepare(words: &'static Words) -> Self {
        let titles = [
            (Title::Feature, words.feature),
            (Title::Rule, words.rule),
            (Title::Background, words.background),
            (Title::Scenario, words.scenario),
            (Title::Scenario, words.outline),
            (Title::Examples, words.examples),
        ];
        let mut words_of_titles = Vec::new();
        for (title, list) in titles {
            words_of_titles.extend(list.split('/').map(|word| (title, word)));
        }
        Self { code: words.code, titles: words_of_titles, steps: step_words(words) }
    }

    /// The title keyword `trimmed` begins with, if its colon follows at once.
    pub(super) fn title(&self, trimmed: &str) -> Option<(Title, &'static str)> {
        self.titles
            .iter()
            .copied()
            .find(|(_, word)| trimmed.strip_prefix(word).is_some_and(|rest| rest.starts_with(':')))
    }

    /// The step keyword `trimmed` begins with.
    pub(super) fn step(&self, trimmed: &str) -> Option<StepWord> {
        self.steps.iter().copied().find(|step| trimmed.starts_with(step.word))
    }
}

/// Codes and English names of all languages.
pub(super) fn names() -> impl Iterator<Item = (&'static str, &'static str)> {
    WORDS.iter().map(|words| (words.code, words.name))
}

fn step_words(words: &'static Words) -> Vec<StepWord> {
    let lists = [
        (KeywordType::Context, words.given),
        (KeywordType::Action, words.when),
        (KeywordType::Outcome, words.then),
        (KeywordType::Conjunction, words.and),
        (KeywordType::Conjunction, words.but),
    ];
    let mut steps: Vec<StepWord> = Vec::new();
    for (keyword_type, list) in lists {
        for word in list.split('/') {
            match steps.iter_mut().find(|step| step.word == word) {
                Some(step) => step.keyword_type = KeywordType::Unknown,
                None => steps.push(StepWord { word, keyword_type }),
            }
        }
    }
    if words.bullet {
        steps.push(StepWord { word: "* ", keyword_type: KeywordType::Unknown });
    }
    sort_by_key(&mut steps, |step| std::cmp::Reverse(step.word.len()));
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_ordered_and_leaves_no_word_empty() {
        assert!(WORDS.is_sorted_by(|a, b| a.code < b.code));
        for language in Language::all() {
            assert!(language.titles.iter().all(|(_, word)| !word.is_empty()), "{}", language.code);
            assert!(language.steps.iter().all(|step| !step.word.is_empty()), "{}", language.code);
        }
    }

    #[test]
    fn every_keyword_of_every_language_is_recognised_as_itself() {
        for language in Language::all() {
            for &(title, word) in &language.titles {
                assert_eq!(language.title(&format!("{word}: x")), Some((title, word)));
            }
            for step in &language.steps {
                let found = language.step(&format!("{}x", step.word)).map(|found| found.word);
                assert_eq!(found, Some(step.word), "{}", language.code);
            }
        }
    }

    #[test]
    fn the_longest_step_word_wins() {
        let french = Language::find("fr").unwrap();
        assert_eq!(french.step("Étant donné que x").unwrap().word, "Étant donné que ");
        assert_eq!(french.step("Étant donné x").unwrap().word, "Étant donné ");
    }

    #[test]
    fn a_title_needs_its_colon_at_once() {
        let english = Language::english();
        assert_eq!(english.title("Scenario : x"), None);
        assert_eq!(english.title("Scenarios: x"), Some((Title::Examples, "Scenarios")));
    }
}
