//! The order in which mutants run.

use std::collections::HashSet;

use super::plan::fnv1a;
use super::trial::Mutant;

/// Returns the numbers of the mutants in the order in which they run: those in `first`, by their names, and
/// then the others; in the order of the features, or in a random one.
pub(super) fn order(mutants: &[Mutant], seed: Option<u64>, first: &HashSet<String>) -> Vec<usize> {
    let mut order: Vec<usize> = (0..mutants.len()).collect();
    if let Some(seed) = seed {
        order.sort_by_key(|number| fnv1a(format!("{seed}/{}", mutants[*number].id).as_bytes()));
    }
    order.sort_by_key(|number| !first.contains(&mutants[*number].id));
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutation::Change;

    #[test]
    fn mutants_of_the_last_campaign_run_first() {
        let mutant = |id: &str| Mutant {
            id: id.to_owned(),
            original: 0,
            step: 0,
            change: Change::LeaveOut,
            trials: Vec::new(),
            skipped: None,
        };
        let mutants: Vec<_> = ["a", "b", "c", "d"].into_iter().map(mutant).collect();
        let first = HashSet::from(["d".to_owned(), "b".to_owned(), "gone".to_owned()]);
        assert_eq!(order(&mutants, None, &first), [1, 3, 0, 2]);
        let mut random = order(&mutants, Some(7), &first);
        assert!(random[..2].iter().all(|number| [1, 3].contains(number)), "{random:?}");
        random.sort_unstable();
        assert_eq!(random, [0, 1, 2, 3]);
    }
}
