//! Edit distance of two texts, for "did you mean".

/// Returns the number of items to insert, remove, replace or swap with their neighbor to turn `a`
/// into `b` (optimal string alignment), or `None` if it exceeds `limit`.
///
/// Only a band of `limit` items around the diagonal is computed, so a small limit is cheap however
/// long the texts are.
pub fn edit_distance<T: PartialEq>(a: &[T], b: &[T], limit: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > limit {
        return None;
    }
    // Equal ends need no edits.
    let prefix = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[prefix..], &b[prefix..]);
    let suffix = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[..a.len() - suffix], &b[..b.len() - suffix]);
    let limit = limit.min(a.len().max(b.len()));
    let over = limit + 1;
    // The rows of the table for the last item of `a` and for the one before it.
    let mut row: Vec<usize> = (0..=b.len()).collect();
    let mut previous = vec![over; row.len()];
    let mut next = vec![over; row.len()];
    let mut previous_lowest = 0;
    for (i, item) in a.iter().enumerate() {
        let (from, to) = (i.saturating_sub(limit), (i + limit + 1).min(b.len()));
        // The cells outside of the band exceed the limit.
        if let Some(outside) = row.get_mut(i + limit + 1) {
            *outside = over;
        }
        let mut left = if from == 0 { i + 1 } else { over };
        next[from] = left;
        let mut lowest = left;
        let cells = row[from..=to].windows(2).zip(&b[from..to]).zip(&mut next[from + 1..=to]);
        for (offset, ((cells, other), cell)) in cells.enumerate() {
            left = (cells[0] + usize::from(item != other)).min(cells[1].min(left) + 1);
            if offset > 0 && i > 0 && a[i - 1] == *other && *item == b[from + offset - 1] {
                left = left.min(previous[from + offset - 1] + 1);
            }
            *cell = left;
            lowest = lowest.min(left);
        }
        // A swap reaches back two rows, so one row over the limit is not always the end.
        if lowest.min(previous_lowest + 1) > limit {
            return None;
        }
        previous_lowest = lowest;
        std::mem::swap(&mut previous, &mut row);
        std::mem::swap(&mut row, &mut next);
    }
    row.last().copied().filter(|distance| *distance <= limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distance(a: &str, b: &str, limit: usize) -> Option<usize> {
        edit_distance(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>(), limit)
    }

    #[test]
    fn distance_counts_edits_up_to_the_limit() {
        assert_eq!(distance("buffer", "buffer", 3), Some(0));
        assert_eq!(distance("bufer", "buffers", 3), Some(2));
        assert_eq!(distance("", "abc", 3), Some(3));
        assert_eq!(distance("kitten", "sitting", 100), Some(3));
        assert_eq!(distance("abc", "xyz", 2), None);
        assert_eq!(distance("a", "abcdef", 3), None);
    }

    #[test]
    fn swapped_neighbors_count_once() {
        assert_eq!(distance("Gievn", "Given", 3), Some(1));
        assert_eq!(distance("abcd", "badc", 2), Some(2));
    }

    #[test]
    fn a_limit_only_excludes_what_exceeds_it() {
        let words = [
            "", "a", "kitten", "sitting", "mitten", "kit", "tiktik", "gnittis", "ssitingk",
            "iktten", "kittne", "ikttne", "ikttenx",
        ];
        for (a, b) in words.iter().flat_map(|a| words.map(|b| (*a, b))) {
            let whole = distance(a, b, 100);
            for limit in 0..10 {
                let expected = whole.filter(|distance| *distance <= limit);
                assert_eq!(distance(a, b, limit), expected, "{a} {b} {limit}");
            }
        }
    }
}
