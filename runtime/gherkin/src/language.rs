//! A language of Gherkin, prepared to recognize the keyword at the start of a line.

use super::ast::KeywordType;
use super::error::Expected;
use super::keywords::{KEYWORDS, Keywords};

/// The step keyword of any type.
pub(super) const BULLET: &str = "* ";

/// A block that a keyword with a colon opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Title {
    Feature,
    Rule,
    Background,
    Scenario,
    Examples,
}

impl Title {
    /// Returns the kind of line that opens the block.
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

/// A step keyword.
#[derive(Debug, Clone, Copy)]
pub(super) struct StepWord {
    /// The keyword as written, including the space after it.
    pub(super) word: &'static str,
    pub(super) keyword_type: KeywordType,
}

/// The keywords of one language.
#[derive(Debug, Clone)]
pub(super) struct Language {
    pub(super) code: &'static str,
    pub(super) titles: Vec<(Title, &'static str)>,
    /// Longest first, so that the first match is the longest.
    pub(super) steps: Vec<StepWord>,
}

impl Language {
    /// Returns the default language.
    pub(super) fn english() -> Self {
        Self::find("en").unwrap_or(Self { code: "en", titles: Vec::new(), steps: Vec::new() })
    }

    /// Returns the language with this code; letter case matters.
    pub(super) fn find(code: &str) -> Option<Self> {
        let index = KEYWORDS.binary_search_by(|words| words.code.cmp(code)).ok()?;
        Some(Self::prepare(&KEYWORDS[index]))
    }

    /// Returns all languages, sorted by code.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        KEYWORDS.iter().map(Self::prepare)
    }

    fn prepare(words: &'static Keywords) -> Self {
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

    /// Returns the title keyword that `trimmed` starts with, if a colon follows directly.
    pub(super) fn title(&self, trimmed: &str) -> Option<(Title, &'static str)> {
        self.titles
            .iter()
            .copied()
            .find(|(_, word)| trimmed.strip_prefix(word).is_some_and(|rest| rest.starts_with(':')))
    }

    /// Returns the step keyword that `trimmed` starts with.
    pub(super) fn step(&self, trimmed: &str) -> Option<StepWord> {
        self.steps.iter().copied().find(|step| trimmed.starts_with(step.word))
    }
}

/// Returns the codes and English names of all languages.
pub(super) fn names() -> impl Iterator<Item = (&'static str, &'static str)> {
    KEYWORDS.iter().map(|words| (words.code, words.name))
}

fn step_words(words: &'static Keywords) -> Vec<StepWord> {
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
        steps.push(StepWord { word: BULLET, keyword_type: KeywordType::Unknown });
    }
    steps.sort_by_key(|step| std::cmp::Reverse(step.word.len()));
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_sorted_and_complete() {
        assert!(KEYWORDS.is_sorted_by(|a, b| a.code < b.code));
        for language in Language::all() {
            assert!(language.titles.iter().all(|(_, word)| !word.is_empty()), "{}", language.code);
            assert!(language.steps.iter().all(|step| !step.word.is_empty()), "{}", language.code);
        }
    }

    #[test]
    fn every_keyword_is_recognized() {
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
    fn longest_step_keyword_wins() {
        let french = Language::find("fr").unwrap();
        assert_eq!(french.step("Étant donné que x").unwrap().word, "Étant donné que ");
        assert_eq!(french.step("Étant donné x").unwrap().word, "Étant donné ");
    }

    #[test]
    fn title_needs_a_colon_directly_after_it() {
        let english = Language::english();
        assert_eq!(english.title("Scenario : x"), None);
        assert_eq!(english.title("Scenarios: x"), Some((Title::Examples, "Scenarios")));
    }
}
