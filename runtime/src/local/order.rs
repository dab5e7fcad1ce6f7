//! Which part of a selection a machine takes, and in which order.

use std::fmt;
use std::str::FromStr;

/// One of several equal parts of a selection, for as many machines.
///
/// Scenarios are dealt out one by one, so that long files are shared fairly. All parts together are
/// the whole selection, and no scenario is in two of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// Which part, counted from 1.
    index: usize,
    count: usize,
}

impl Shard {
    /// Whether the scenario with this number, counted from 0, is in this part.
    pub fn holds(self, number: usize) -> bool {
        number % self.count == self.index - 1
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is no shard: write I/N with I from 1 to N, such as 2/5");
        let (index, count) = text.split_once('/').ok_or_else(wrong)?;
        let (index, count) =
            (index.parse().map_err(|_| wrong())?, count.parse().map_err(|_| wrong())?);
        if (1..=count).contains(&index) { Ok(Self { index, count }) } else { Err(wrong()) }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

/// Brings `items` into an order that `seed` alone decides.
pub(super) fn shuffle<T>(items: &mut [T], seed: u64) {
    let mut random = SplitMix(seed);
    for last in (1..items.len()).rev() {
        items.swap(last, random.below(last + 1));
    }
}

/// The SplitMix64 generator: small, and the same on every machine and in every version.
struct SplitMix(u64);

impl SplitMix {
    /// A number from 0 to `limit - 1`.
    fn below(&mut self, limit: usize) -> usize {
        // The high half of the product spreads evenly enough for an order of scenarios.
        ((u128::from(self.next()) * limit as u128) >> 64) as usize
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_are_a_partition() {
        for count in 1..6 {
            for number in 0..20 {
                let holders = (1..=count)
                    .filter(|i| format!("{i}/{count}").parse::<Shard>().unwrap().holds(number))
                    .count();
                assert_eq!(holders, 1, "scenario {number} of {count} shards");
            }
        }
    }

    #[test]
    fn a_wrong_shard_is_refused() {
        for text in ["", "1", "0/3", "4/3", "1/0", "-1/3", "a/b", "1/2/3"] {
            assert!(text.parse::<Shard>().unwrap_err().contains("such as 2/5"), "{text:?}");
        }
    }

    #[test]
    fn a_seed_decides_the_order() {
        let order = |seed| {
            let mut items: Vec<u32> = (0..50).collect();
            shuffle(&mut items, seed);
            items
        };
        assert_eq!(order(7), order(7));
        assert_ne!(order(7), order(8));
        let mut sorted = order(7);
        sorted.sort_unstable();
        assert_eq!(sorted, (0..50).collect::<Vec<_>>());
    }
}
