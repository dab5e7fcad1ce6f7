//! The two values of a failed comparison, shown line by line with their differences marked.

use super::debug_lines::debug_lines;

/// The largest number of lines of a value that is compared.
const MAX_LINES: usize = 400;
/// The number of equal lines shown around a difference.
const CONTEXT: usize = 2;

/// One line of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Line {
    /// A line of both values.
    Both(String),
    /// A line of the left value only.
    Left(String),
    /// A line of the right value only.
    Right(String),
    /// Equal lines that are left out.
    Omitted(usize),
}

/// A failure message with the values that it compares.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Comparison {
    /// The message without the values.
    pub(super) message: String,
    /// The lines of both values.
    pub(super) lines: Vec<Line>,
}

impl Comparison {
    /// Parses the message of `assert_eq!`; `None` for any other message, and for values of one line each
    /// that are shorter shown side by side.
    pub(super) fn parse(message: &str) -> Option<Self> {
        let (before, values) = message.split_once("\n  left: ")?;
        // The right value begins on the last such line: the left one may contain a similar text.
        let (left, right) = values.rsplit_once("\n right: ")?;
        let (left, right) = (debug_lines(left), debug_lines(right));
        let is_long = left.len() > 1 || right.len() > 1;
        if !is_long || left.len().max(right.len()) > MAX_LINES {
            return None;
        }
        Some(Self { message: before.to_owned(), lines: fold(compare(&left, &right)) })
    }
}

/// Returns the lines of both texts in order, along a longest common subsequence.
fn compare(left: &[String], right: &[String]) -> Vec<Line> {
    // `common[i][j]` is the length of the longest common subsequence of `left[i..]` and `right[j..]`.
    let mut common = vec![vec![0_u32; right.len() + 1]; left.len() + 1];
    for i in (0..left.len()).rev() {
        for j in (0..right.len()).rev() {
            common[i][j] = match left[i] == right[j] {
                true => common[i + 1][j + 1] + 1,
                false => common[i + 1][j].max(common[i][j + 1]),
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut lines = Vec::new();
    while i < left.len() || j < right.len() {
        if i < left.len() && j < right.len() && left[i] == right[j] {
            lines.push(Line::Both(left[i].clone()));
            (i, j) = (i + 1, j + 1);
        } else if j == right.len() || (i < left.len() && common[i + 1][j] >= common[i][j + 1]) {
            lines.push(Line::Left(left[i].clone()));
            i += 1;
        } else {
            lines.push(Line::Right(right[j].clone()));
            j += 1;
        }
    }
    lines
}

/// Replaces equal lines that are far from every difference.
fn fold(lines: Vec<Line>) -> Vec<Line> {
    let is_difference = |line: &Line| matches!(line, Line::Left(_) | Line::Right(_));
    let near: Vec<bool> = (0..lines.len())
        .map(|at| {
            let from = at.saturating_sub(CONTEXT);
            let to = (at + CONTEXT + 1).min(lines.len());
            lines[from..to].iter().any(is_difference)
        })
        .collect();
    let mut folded = Vec::new();
    for (line, is_near) in lines.into_iter().zip(near) {
        match (is_near, folded.last_mut()) {
            (true, _) => folded.push(line),
            (false, Some(Line::Omitted(count))) => *count += 1,
            (false, _) => folded.push(Line::Omitted(1)),
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differing_fields_are_marked() {
        let message = "assertion `left == right` failed: frames\n  left: Frame { sequence: 2, size: 1400, last: true }\n right: Frame { sequence: 1, size: 1400, last: true }";
        let comparison = Comparison::parse(message).unwrap();
        assert_eq!(comparison.message, "assertion `left == right` failed: frames");
        let both = |text: &str| Line::Both(text.to_owned());
        assert_eq!(
            comparison.lines,
            [
                both("Frame {"),
                Line::Left("    sequence: 2,".to_owned()),
                Line::Right("    sequence: 1,".to_owned()),
                both("    size: 1400,"),
                both("    last: true,"),
                Line::Omitted(1),
            ]
        );
    }

    #[test]
    fn lines_of_texts_are_compared() {
        let comparison =
            Comparison::parse("failed\n  left: \"a\\nb\\n\"\n right: \"a\\nc\\n\"").unwrap();
        assert!(comparison.lines.contains(&Line::Left("b".to_owned())), "{comparison:?}");
        assert!(comparison.lines.contains(&Line::Right("c".to_owned())), "{comparison:?}");
    }

    #[test]
    fn short_values_and_other_messages_have_no_difference() {
        assert_eq!(Comparison::parse("failed\n  left: 1\n right: 2"), None);
        assert_eq!(Comparison::parse("no\nvalues"), None);
    }
}
