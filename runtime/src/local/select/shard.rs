//! The part of a selection that one machine runs.

use std::fmt;
use std::str::FromStr;

/// One of several equal parts of a selection, for as many machines.
///
/// Scenarios are distributed one by one, so that long files are split evenly. Every scenario is in
/// exactly one part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// Number of the part, counted from 1.
    index: usize,
    count: usize,
}

impl Shard {
    /// Returns true if the scenario with this number, counted from 0, is in this part.
    pub fn contains(self, number: usize) -> bool {
        number % self.count == self.index - 1
    }
}

/// A text that is not a shard.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a valid shard: write I/N with I from 1 to N, such as 2/5")]
pub struct InvalidShard(String);

impl FromStr for Shard {
    type Err = InvalidShard;

    fn from_str(text: &str) -> Result<Self, InvalidShard> {
        let invalid = || InvalidShard(text.to_owned());
        let (index, count) = text.split_once('/').ok_or_else(invalid)?;
        let (index, count) =
            (index.parse().map_err(|_| invalid())?, count.parse().map_err(|_| invalid())?);
        if (1..=count).contains(&index) { Ok(Self { index, count }) } else { Err(invalid()) }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_is_in_one_shard() {
        for count in 1..6 {
            for number in 0..20 {
                let holders = (1..=count)
                    .filter(|i| format!("{i}/{count}").parse::<Shard>().unwrap().contains(number))
                    .count();
                assert_eq!(holders, 1, "scenario {number} of {count} shards");
            }
        }
    }

    #[test]
    fn invalid_shard_is_refused() {
        for text in ["", "1", "0/3", "4/3", "1/0", "-1/3", "a/b", "1/2/3"] {
            assert!(
                text.parse::<Shard>().unwrap_err().to_string().contains("such as 2/5"),
                "{text:?}"
            );
        }
    }
}
