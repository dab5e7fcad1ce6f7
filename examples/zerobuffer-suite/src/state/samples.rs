//! Measured times and their statistics.

use std::fmt;
use std::time::Duration;

/// Repeated measurements of one time.
#[derive(Debug, Clone, Default)]
pub struct Samples(Vec<Duration>);

impl Samples {
    /// Adds a measurement.
    pub fn add(&mut self, sample: Duration) {
        self.0.push(sample);
    }

    /// Returns their number.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns their mean.
    pub fn mean(&self) -> Duration {
        self.0.iter().sum::<Duration>() / u32::try_from(self.0.len().max(1)).unwrap_or(u32::MAX)
    }

    /// Returns the given quantile, in per mille.
    pub fn per_mille(&self, share: usize) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let rank = (sorted.len() * share).div_ceil(1000).max(1);
        sorted.get(rank - 1).copied().unwrap_or_default()
    }
}

impl fmt::Display for Samples {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Min {:?}, Max {:?}, Mean {:?}, P50 {:?}, P90 {:?}, P99 {:?}, P99.9 {:?} of {}",
            self.per_mille(0),
            self.per_mille(1000),
            self.mean(),
            self.per_mille(500),
            self.per_mille(900),
            self.per_mille(990),
            self.per_mille(999),
            self.len()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_counted_from_the_smallest() {
        let mut samples = Samples::default();
        for millis in (1..=100).rev() {
            samples.add(Duration::from_millis(millis));
        }
        let millis = |share| samples.per_mille(share).as_millis();
        assert_eq!([0, 500, 900, 999, 1000].map(millis), [1, 50, 90, 100, 100]);
        assert_eq!(samples.mean(), Duration::from_micros(50_500));
        assert_eq!(Samples::default().per_mille(500), Duration::ZERO);
    }
}
