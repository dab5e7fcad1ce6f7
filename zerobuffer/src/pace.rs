//! Whether frames come so fast that waiting for several costs less than taking each at once.
//!
//! A reader that has caught up with a busy writer takes the lines of the semaphore and the control
//! block from it after every single frame, and each of the two then waits for them. Staying away for
//! a moment lets frames gather, which are then taken while the lines are here. Where frames come one
//! by one, as in a dialogue, staying away only costs time; so it is tried now and then, and kept up
//! for as long as frames do gather.

use crate::deadline::monotonic_now;

/// How long to stay away: some frames of a busy writer, much less than a sleep costs.
const AWAY_NANOS: u64 = 400;

/// Short waits in a row before the first trial.
const BEFORE_TRIAL: u32 = 32;

/// Short waits after a trial in vain before the next.
const AFTER_VAIN_TRIAL: u32 = 4096;

/// What a reader has learned about its writer's pace.
#[derive(Debug)]
pub(crate) struct Pace {
    /// Short waits until the next trial.
    until_trial: u32,
    gathering: bool,
}

impl Pace {
    pub(crate) fn new() -> Self {
        Self { until_trial: BEFORE_TRIAL, gathering: false }
    }

    /// Stays away for a moment if that has been of use, or is to be tried.
    pub(crate) fn stay_away(&self) {
        if !self.tries() {
            return;
        }
        let until = monotonic_now() + AWAY_NANOS;
        while monotonic_now() < until {
            std::hint::spin_loop();
        }
    }

    /// A frame came within a short wait; whether `more` are there behind it.
    pub(crate) fn came_soon(&mut self, more: bool) {
        if !self.tries() {
            self.until_trial -= 1;
        } else {
            self.gathering = more;
            self.until_trial = if more { 0 } else { AFTER_VAIN_TRIAL };
        }
    }

    /// No frame came within a short wait.
    pub(crate) fn came_late(&mut self) {
        *self = Self::new();
    }

    fn tries(&self) -> bool {
        self.gathering || self.until_trial == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after_short_waits(waits: u32) -> Pace {
        let mut pace = Pace::new();
        (0..waits).for_each(|_| pace.came_soon(true));
        pace
    }

    #[test]
    fn gathering_is_tried_after_some_short_waits_and_kept_up_while_frames_gather() {
        assert!(!after_short_waits(BEFORE_TRIAL - 1).tries());
        let mut pace = after_short_waits(BEFORE_TRIAL);
        for _ in 0..3 {
            assert!(pace.tries());
            pace.came_soon(true);
        }
        let began = monotonic_now();
        pace.stay_away();
        assert!(monotonic_now() - began >= AWAY_NANOS);
    }

    #[test]
    fn a_trial_in_vain_is_not_repeated_soon() {
        let mut pace = after_short_waits(BEFORE_TRIAL);
        for _ in 0..=AFTER_VAIN_TRIAL {
            pace.came_soon(false);
        }
        assert!(pace.tries(), "the next trial");
        pace.came_soon(false);
        assert!(!pace.tries());
        for _ in 1..AFTER_VAIN_TRIAL {
            pace.came_soon(true);
            assert!(!pace.tries());
        }
    }

    #[test]
    fn a_long_wait_starts_over() {
        let mut pace = after_short_waits(BEFORE_TRIAL);
        pace.came_late();
        assert!(!pace.tries());
        (0..BEFORE_TRIAL).for_each(|_| pace.came_soon(false));
        assert!(pace.tries());
    }
}
