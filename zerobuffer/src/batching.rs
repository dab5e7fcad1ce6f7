//! Batching of frames that arrive so fast that waiting for several is cheaper than taking each at
//! once.
//!
//! A reader that has caught up with a busy writer takes the cache lines of semaphore and control
//! block from it after every single frame, and each side then waits for them. A short pause
//! lets frames accumulate, which are then taken while the lines are here. If frames come one
//! by one, as in a dialogue, a pause only costs time; so it is tried occasionally, and continued
//! for as long as frames do accumulate.

use crate::deadline::monotonic_now;

/// Length of a pause: some frames of a busy writer, much less than a sleep costs.
const PAUSE_NANOS: u64 = 400;

/// Short waits in a row before the first trial.
const WAITS_BEFORE_TRIAL: u32 = 32;

/// Short waits after a failed trial before the next.
const WAITS_AFTER_FAILED_TRIAL: u32 = 4096;

/// A reader's record of its writer's pace.
#[derive(Debug)]
pub(crate) struct Batching {
    /// Short waits until the next trial.
    until_trial: u32,
    gathering: bool,
}

impl Batching {
    pub(crate) fn new() -> Self {
        Self { until_trial: WAITS_BEFORE_TRIAL, gathering: false }
    }

    /// Pauses for a moment if that has helped, or is due for a trial.
    pub(crate) fn pause(&self) {
        if !self.tries() {
            return;
        }
        let until = monotonic_now() + PAUSE_NANOS;
        while monotonic_now() < until {
            std::hint::spin_loop();
        }
    }

    /// Records a frame within a short wait, and whether `more` are available.
    pub(crate) fn record_frame(&mut self, more: bool) {
        if !self.tries() {
            self.until_trial -= 1;
        } else {
            self.gathering = more;
            self.until_trial = if more { 0 } else { WAITS_AFTER_FAILED_TRIAL };
        }
    }

    /// Records that no frame came within a short wait.
    pub(crate) fn record_timeout(&mut self) {
        *self = Self::new();
    }

    fn tries(&self) -> bool {
        self.gathering || self.until_trial == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after_short_waits(waits: u32) -> Batching {
        let mut batching = Batching::new();
        (0..waits).for_each(|_| batching.record_frame(true));
        batching
    }

    #[test]
    fn batching_starts_after_short_waits_and_continues_while_it_helps() {
        assert!(!after_short_waits(WAITS_BEFORE_TRIAL - 1).tries());
        let mut batching = after_short_waits(WAITS_BEFORE_TRIAL);
        for _ in 0..3 {
            assert!(batching.tries());
            batching.record_frame(true);
        }
        let began = monotonic_now();
        batching.pause();
        assert!(monotonic_now() - began >= PAUSE_NANOS);
    }

    #[test]
    fn failed_trial_is_not_repeated_soon() {
        let mut batching = after_short_waits(WAITS_BEFORE_TRIAL);
        for _ in 0..=WAITS_AFTER_FAILED_TRIAL {
            batching.record_frame(false);
        }
        assert!(batching.tries(), "the next trial");
        batching.record_frame(false);
        assert!(!batching.tries());
        for _ in 1..WAITS_AFTER_FAILED_TRIAL {
            batching.record_frame(true);
            assert!(!batching.tries());
        }
    }

    #[test]
    fn long_wait_resets_batching() {
        let mut batching = after_short_waits(WAITS_BEFORE_TRIAL);
        batching.record_timeout();
        assert!(!batching.tries());
        (0..WAITS_BEFORE_TRIAL).for_each(|_| batching.record_frame(false));
        assert!(batching.tries());
    }
}
