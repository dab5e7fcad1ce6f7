//! Counts with their noun.

/// Returns a count with its noun, as in `1 step` or `7 steps`.
pub fn pluralize(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_is_singular() {
        assert_eq!([0, 1, 2].map(|n| pluralize(n, "step")), ["0 steps", "1 step", "2 steps"]);
    }
}
