//! Words and numbers of a command line that select scenarios by name.

use std::path::Path;

use super::files::PathSelector;
use crate::gherkin;
use crate::model::Scenario;

/// A selector of a command line.
#[derive(Debug)]
pub(super) enum Selector {
    /// A file or folder.
    Path(PathSelector),
    /// A number or a part of a name.
    Word(String),
}

impl Selector {
    pub(super) fn parse(text: &str) -> Self {
        let path = PathSelector::parse(text);
        let looks_like_path =
            !path.lines.is_empty() || text.contains('/') || gherkin::is_feature_path(&path.path);
        if looks_like_path || path.path.exists() {
            Self::Path(path)
        } else {
            Self::Word(text.to_owned())
        }
    }
}

/// Returns true if `word` is the number or a part of the name of the scenario or its file.
pub(super) fn matches_word(word: &str, scenario: &Scenario) -> bool {
    let path = Path::new(&*scenario.location.path);
    let stem = gherkin::feature_stem(path).or_else(|| path.file_stem()?.to_str());
    let stem = stem.map(str::to_lowercase).unwrap_or_default();
    if let Ok(feature) = word.parse::<u32>() {
        return stem.split('-').next().and_then(|n| n.parse().ok()) == Some(feature);
    }
    if is_number(word) {
        return numbers_in(&scenario.name).any(|number| number == word);
    }
    let word = word.to_lowercase();
    stem.contains(&word) || scenario.name.to_lowercase().contains(&word)
}

/// Returns true for digits with dots between them: `1.1`, `13.10`.
fn is_number(word: &str) -> bool {
    word.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
}

/// Returns the dotted numbers in a name: `Test 1.1 - Simple` contains `1.1`, but not `1` or `1.10`.
fn numbers_in(name: &str) -> impl Iterator<Item = &str> {
    name.split(|c: char| !c.is_ascii_digit() && c != '.')
        .map(|number| number.trim_matches('.'))
        .filter(|number| is_number(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_whole() {
        let numbers: Vec<_> = numbers_in("Test 1.10 - of 2 (v3.). x4.5").collect();
        assert_eq!(numbers, ["1.10", "2", "3", "4.5"]);
    }

    #[test]
    fn words_and_paths_are_distinguished() {
        assert!(matches!(Selector::parse("1.1"), Selector::Word(_)));
        assert!(matches!(Selector::parse("BasicCommunication"), Selector::Word(_)));
        assert!(matches!(Selector::parse("no/such"), Selector::Path(p) if p.lines.is_empty()));
        assert!(matches!(Selector::parse("a.feature:12"), Selector::Path(p) if p.lines == [12]));
    }
}
