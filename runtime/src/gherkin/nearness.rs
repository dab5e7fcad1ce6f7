//! Whether two words are near enough that one may be a slip for the other.

/// Words longer than this are no slip of a keyword, and comparing them would cost too much.
const LONGEST: usize = 48;

/// Whether `written` may be a slip for `meant`; letter case does not matter.
pub(super) fn are_near(written: &str, meant: &str) -> bool {
    let length = meant.chars().count();
    distance(written, meant) <= (length / 3).clamp(usize::from(length > 2), 3)
}

/// Whether a word is long enough that meeting it by chance is unlikely.
pub(super) fn is_long(word: &str) -> bool {
    word.chars().count() >= 4 || !word.is_ascii()
}

/// Letters to insert, remove, replace or swap with their neighbour to turn one into the other.
pub(super) fn distance(written: &str, meant: &str) -> usize {
    let letters = |word: &str| -> Vec<char> {
        word.chars().flat_map(char::to_lowercase).take(LONGEST + 1).collect()
    };
    let (a, b) = (letters(written), letters(meant));
    if a.len() > LONGEST || b.len() > LONGEST {
        return usize::MAX;
    }
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for (i, &x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, &y) in b.iter().enumerate() {
            let mut least =
                (rows[i][j] + usize::from(x != y)).min(rows[i][j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && x == b[j - 1] && a[i - 1] == y {
                least = least.min(rows[i - 1][j - 1] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_swap_counts_once() {
        assert_eq!(distance("Gievn", "Given"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("same", "SAME"), 0);
    }

    #[test]
    fn short_words_must_match_closely() {
        assert!(are_near("Gven", "Given"));
        assert!(!are_near("On", "En"));
        assert!(!are_near("another", "And"));
    }
}
