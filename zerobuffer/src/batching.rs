//! The pace of a stream, and what follows from it: when frames are taken in batches, and when the reader
//! pauses so that they accumulate.
//!
//! A reader that has caught up with a busy writer takes the cache lines of semaphore and control
//! block from it after every single frame, and each side then waits for them. A short pause lets
//! frames accumulate, which are then taken while the lines are here. If frames come one by one, as in a
//! dialogue, a pause only costs time; so it is tried occasionally, and grows for as long as many
//! frames accumulate in it.

use crate::deadline::monotonic_now;

/// Most frames of a batch. Those of a batch that is not finished are all that other processes see late.
pub(crate) const MOST_FRAMES: u32 = 64;

/// A reader that takes longer for a frame gains nothing from batches.
const FAST_NANOS: u64 = 2_000;

/// Fast frames in a row before the first batch, so that single frames are published at once.
const FAST_BEFORE_BATCH: u32 = 16;

/// The first pause.
const SHORTEST_PAUSE: u64 = 300;

/// The longest pause: a batch of a writer that writes a frame in 40 ns. A sleep costs more.
const LONGEST_PAUSE: u64 = 2_400;

/// A pause grows if this is enough for each of its frames.
const DENSE_NANOS: u64 = 150;

/// Batches of a single frame in a row before the first trial.
const SINGLES_BEFORE_TRIAL: u32 = 32;

/// The same after a failed trial.
const SINGLES_AFTER_FAILED_TRIAL: u32 = 4096;

/// A reader's record of the pace of its stream.
#[derive(Debug)]
pub(crate) struct Batching {
    /// Length of the next pause, 0 for none.
    pause: u64,
    /// Single frames until the next trial.
    until_trial: u32,
    /// Time at which the last batch began, and its frames.
    began: u64,
    frames: u32,
    /// Frames in a row that the reader took fast.
    fast: u32,
}

impl Batching {
    pub(crate) fn new() -> Self {
        Self { pause: 0, until_trial: SINGLES_BEFORE_TRIAL, began: 0, frames: 0, fast: 0 }
    }

    /// Pauses for a moment if that has helped, or is due for a trial.
    #[inline]
    pub(crate) fn pause(&self) {
        if self.pause > 0 {
            pause_for(self.pause);
        }
    }

    /// Returns whether the next frames may be taken in a batch: the reader has taken those before them
    /// fast. To be asked only if there is more than one, since it looks at the clock.
    pub(crate) fn may_begin(&mut self) -> bool {
        let now = monotonic_now();
        let taken = now.saturating_sub(self.began);
        let is_fast = taken < FAST_NANOS * u64::from(self.frames.max(1));
        self.fast = if is_fast { self.fast.saturating_add(self.frames.max(1)) } else { 0 };
        self.began = now;
        self.fast >= FAST_BEFORE_BATCH
    }

    /// Records that `frames` were taken at once.
    #[inline]
    pub(crate) fn record(&mut self, frames: u32) {
        self.frames = frames;
        if frames > 1 {
            self.record_several(frames);
        } else if self.pause > 0 {
            *self = Self { pause: 0, until_trial: SINGLES_AFTER_FAILED_TRIAL, ..*self };
        } else {
            self.until_trial = self.until_trial.saturating_sub(1);
            if self.until_trial == 0 {
                self.pause = SHORTEST_PAUSE;
            }
        }
    }

    fn record_several(&mut self, frames: u32) {
        self.until_trial = SINGLES_BEFORE_TRIAL;
        let dense = u64::from(frames) * DENSE_NANOS >= self.pause;
        self.pause = match dense {
            // Enough without one.
            true if frames == MOST_FRAMES && self.pause == 0 => 0,
            true => (2 * self.pause).clamp(SHORTEST_PAUSE, LONGEST_PAUSE),
            false if self.pause <= SHORTEST_PAUSE => 0,
            false => self.pause / 2,
        };
    }

    /// Records that no frame came within a short wait.
    pub(crate) fn record_timeout(&mut self) {
        *self = Self::new();
    }
}

fn pause_for(nanos: u64) {
    let until = monotonic_now() + nanos;
    while monotonic_now() < until {
        std::hint::spin_loop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(batches: &[u32]) -> Batching {
        let mut batching = Batching::new();
        batches.iter().for_each(|&frames| batching.record(frames));
        batching
    }

    #[test]
    fn pause_is_tried_after_single_frames_and_grows_while_frames_accumulate() {
        let singles = vec![1; SINGLES_BEFORE_TRIAL as usize];
        assert_eq!(after(&singles[1..]).pause, 0);
        let mut batching = after(&singles);
        assert_eq!(batching.pause, SHORTEST_PAUSE);
        let began = monotonic_now();
        batching.pause();
        assert!(monotonic_now() - began >= SHORTEST_PAUSE);
        for pause in [600, 1200, 2400, 2400] {
            batching.record(MOST_FRAMES);
            assert_eq!(batching.pause, pause);
        }
        batching.record(3);
        assert_eq!(batching.pause, 1200, "three frames are not worth the longest pause");
        batching.record(1);
        assert_eq!(batching.pause, 0);
    }

    #[test]
    fn failed_trial_is_not_repeated_soon() {
        let mut batching = after(&vec![1; SINGLES_BEFORE_TRIAL as usize + 1]);
        for _ in 1..SINGLES_AFTER_FAILED_TRIAL {
            assert_eq!(batching.pause, 0);
            batching.record(1);
        }
        batching.record(1);
        assert_eq!(batching.pause, SHORTEST_PAUSE);
        batching.record_timeout();
        assert_eq!(batching.pause, 0);
    }

    #[test]
    fn full_batches_need_no_pause() {
        assert_eq!(after(&[MOST_FRAMES; 9]).pause, 0);
    }

    #[test]
    fn batches_begin_after_fast_frames_only() {
        let mut batching = Batching::new();
        assert!(!batching.may_begin());
        // As if each had taken no time at all.
        let mut asked = 0;
        while !{
            batching.record(1);
            batching.began = monotonic_now();
            batching.may_begin()
        } {
            asked += 1;
        }
        assert!(asked >= FAST_BEFORE_BATCH - 1, "{asked}");
        batching.record(1);
        batching.began = monotonic_now() - 2 * FAST_NANOS;
        assert!(!batching.may_begin(), "the reader was busy with the last frame");
    }
}
