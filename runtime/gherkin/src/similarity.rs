//! Similarity of keywords, for "did you mean".

use crate::text::edit_distance;

/// Longer words are never compared: they cannot be a typing mistake in a keyword.
const MAX_KEYWORD_LEN: usize = 48;

/// Returns the number of edits between two words if `written` may be a typing mistake for `meant`.
///
/// Letter case does not matter.
pub(super) fn typo_distance(written: &str, meant: &str) -> Option<usize> {
    let length = meant.chars().count();
    let limit = (length / 3).clamp(usize::from(length > 2), 3);
    let letters = |word: &str| -> Vec<char> {
        word.chars().flat_map(char::to_lowercase).take(MAX_KEYWORD_LEN + 1).collect()
    };
    let (written, meant) = (letters(written), letters(meant));
    if written.len().max(meant.len()) > MAX_KEYWORD_LEN {
        return None;
    }
    edit_distance(&written, &meant, limit)
}

/// Returns whether `written` may be a typing mistake for `meant`.
pub(super) fn is_typo(written: &str, meant: &str) -> bool {
    typo_distance(written, meant).is_some()
}

/// Returns whether a word is so long that it is unlikely to appear by chance.
pub(super) fn is_long(word: &str) -> bool {
    word.chars().count() >= 4 || !word.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letter_case_does_not_matter() {
        assert_eq!(typo_distance("same", "SAME"), Some(0));
    }

    #[test]
    fn short_words_must_match_closely() {
        assert!(is_typo("Gven", "Given"));
        assert!(!is_typo("On", "En"));
        assert!(!is_typo("another", "And"));
    }
}
