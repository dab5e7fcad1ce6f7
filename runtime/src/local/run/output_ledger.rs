//! The parts of the captured output that one scenario printed alone.

use std::ops::Range;

/// The scenarios that can print, and the parts of the output that were printed while there were several.
#[derive(Debug, Default)]
pub(super) struct OutputLedger {
    /// Numbers of the scenarios that run, and of those whose abandoned threads still do.
    running: Vec<usize>,
    /// The position at which `running` changed last.
    since: u64,
    /// The parts printed while several scenarios ran, in ascending order.
    shared: Vec<Range<u64>>,
}

/// A part of the output that was printed while these scenarios ran.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct SharedPart {
    pub(super) numbers: Vec<usize>,
    pub(super) range: Range<u64>,
}

impl OutputLedger {
    /// Records that a thread of this scenario can print from `position` on. Returns the part before it,
    /// if several scenarios may have printed that.
    pub(super) fn start(&mut self, number: usize, position: u64) -> Option<SharedPart> {
        let part = self.close_part(position);
        self.running.push(number);
        part
    }

    /// Records that a thread of this scenario prints no longer. Returns the part before it, if several
    /// scenarios may have printed that.
    pub(super) fn end(&mut self, number: usize, position: u64) -> Option<SharedPart> {
        let part = self.close_part(position);
        if let Some(index) = self.running.iter().position(|running| *running == number) {
            self.running.swap_remove(index);
        }
        part
    }

    /// Returns the parts of this range that only one scenario can have printed.
    pub(super) fn own_parts(&self, range: Range<u64>) -> Vec<Range<u64>> {
        let mut own = Vec::new();
        let mut from = range.start;
        let first = self.shared.partition_point(|shared| shared.end <= range.start);
        let open = self.is_shared().then_some(self.since..range.end);
        for shared in self.shared[first..].iter().cloned().chain(open) {
            own.push(from..shared.start.min(range.end));
            from = from.max(shared.end);
        }
        own.push(from..range.end);
        own.retain(|part| part.start < part.end);
        own
    }

    fn close_part(&mut self, position: u64) -> Option<SharedPart> {
        let range = std::mem::replace(&mut self.since, position)..position;
        if range.is_empty() || !self.is_shared() {
            return None;
        }
        match self.shared.last_mut() {
            Some(last) if last.end == range.start => last.end = range.end,
            _ => self.shared.push(range.clone()),
        }
        let mut numbers = self.running.clone();
        numbers.sort_unstable();
        numbers.dedup();
        Some(SharedPart { numbers, range })
    }

    fn is_shared(&self) -> bool {
        self.running.iter().any(|number| *number != self.running[0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(numbers: &[usize], range: Range<u64>) -> Option<SharedPart> {
        Some(SharedPart { numbers: numbers.to_vec(), range })
    }

    #[test]
    fn output_of_one_scenario_is_its_own() {
        let mut ledger = OutputLedger::default();
        assert_eq!(ledger.start(0, 5), None);
        assert_eq!(ledger.own_parts(5..9), vec![5..9]);
        assert_eq!(ledger.end(0, 9), None);
        assert_eq!(ledger.start(1, 9), None);
        assert_eq!(ledger.own_parts(9..12), vec![9..12]);
    }

    #[test]
    fn output_of_several_scenarios_belongs_to_none() {
        let mut ledger = OutputLedger::default();
        ledger.start(0, 0);
        assert_eq!(ledger.start(1, 3), None);
        assert_eq!(ledger.own_parts(0..7), vec![0..3]);
        assert_eq!(ledger.own_parts(5..7), []);
        assert_eq!(ledger.end(0, 8), part(&[0, 1], 3..8));
        assert_eq!(ledger.own_parts(0..10), [0..3, 8..10]);
        assert_eq!(ledger.end(1, 10), None);
    }

    #[test]
    fn empty_part_is_not_reported() {
        let mut ledger = OutputLedger::default();
        ledger.start(0, 0);
        ledger.start(1, 0);
        assert_eq!(ledger.start(2, 0), None);
        assert_eq!(ledger.end(2, 4), part(&[0, 1, 2], 0..4));
        assert_eq!(ledger.end(0, 4), None);
        assert_eq!(ledger.own_parts(0..4), []);
    }

    #[test]
    fn adjacent_parts_are_kept_as_one() {
        let mut ledger = OutputLedger::default();
        (0..3).for_each(|number| drop(ledger.start(number, 0)));
        assert_eq!(ledger.end(2, 4), part(&[0, 1, 2], 0..4));
        assert_eq!(ledger.end(1, 6), part(&[0, 1], 4..6));
        assert_eq!(ledger.own_parts(0..8), vec![6..8]);
        assert_eq!(ledger.shared, vec![0..6]);
    }

    #[test]
    fn abandoned_thread_shares_the_output_of_later_scenarios() {
        let mut ledger = OutputLedger::default();
        ledger.start(0, 0);
        // The abandoned thread and the rest of its scenario are one scenario.
        assert_eq!(ledger.start(0, 2), None);
        assert_eq!(ledger.end(0, 3), None);
        assert_eq!(ledger.start(1, 3), None);
        assert_eq!(ledger.own_parts(3..4), []);
        assert_eq!(ledger.end(0, 4), part(&[0, 1], 3..4));
        assert_eq!(ledger.own_parts(3..6), vec![4..6]);
    }
}
