//! Pseudo-random numbers that a seed reproduces.
//!
//! This module imports nothing of this crate.

use std::ops::Range;

/// The SplitMix64 generator: small, and the same on every machine and in every version.
#[derive(Debug, Clone)]
pub(crate) struct SplitMix(u64);

impl SplitMix {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Returns a number from 0 to `limit - 1`, or 0 if `limit` is 0.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        // The high half of the product is even enough for what a test draws.
        ((u128::from(self.next()) * limit as u128) >> 64) as usize
    }

    /// Returns a number of the range, in each doubling of its start equally often: small numbers as often as
    /// large ones. `range` begins above 0. Whole numbers, since logarithms differ between machines.
    pub(crate) fn logarithmic(&mut self, range: Range<u64>) -> u64 {
        let doublings = (range.end / range.start).max(1).ilog2() as usize + 1;
        loop {
            let start = range.start << self.below(doublings);
            let number = start + self.below(start as usize) as u64;
            // The last doubling is cut off.
            if number < range.end {
                return number;
            }
        }
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
    fn numbers_are_in_their_range() {
        let mut random = SplitMix::new(1);
        assert!((0..1000).all(|_| random.below(7) < 7));
        assert_eq!(random.below(0), 0);
        let numbers: Vec<u64> = (0..1000).map(|_| random.logarithmic(10..1000)).collect();
        assert!(numbers.iter().all(|number| (10..1000).contains(number)));
        let small = numbers.iter().filter(|number| **number < 40).count();
        assert!((200..400).contains(&small), "two of seven doublings: {small} of 1000");
    }
}
