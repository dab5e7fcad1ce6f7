//! Points in time on the monotonic clock. Steps of the wall clock do not concern them.

use std::time::Duration;

use nix::time::{ClockId, clock_gettime};

const NANOS_PER_SECOND: u64 = 1_000_000_000;

/// Nanoseconds of the monotonic clock.
#[inline]
pub(crate) fn monotonic_now() -> u64 {
    read_clock(ClockId::CLOCK_MONOTONIC)
}

/// Nanoseconds of the wall clock.
pub(crate) fn wall_now() -> u64 {
    read_clock(ClockId::CLOCK_REALTIME)
}

#[inline]
fn read_clock(clock: ClockId) -> u64 {
    // Both clocks exist on every Linux, and neither is negative.
    clock_gettime(clock).map_or(0, |time| {
        (time.tv_sec() as u64)
            .saturating_mul(NANOS_PER_SECOND)
            .saturating_add(time.tv_nsec() as u64)
    })
}

/// The time at which a wait has to end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    began: u64,
    ends: u64,
}

impl Deadline {
    pub(crate) fn after(timeout: Duration) -> Self {
        let began = monotonic_now();
        Self { began, ends: began.saturating_add(nanos(timeout)) }
    }

    pub(crate) fn passed(&self) -> bool {
        monotonic_now() >= self.ends
    }

    /// The moment to look up again: `slice` from now, or the end if that is sooner.
    pub(crate) fn next_slice(&self, slice: Duration) -> u64 {
        monotonic_now().saturating_add(nanos(slice)).min(self.ends)
    }

    /// Time left, zero once it has passed.
    pub(crate) fn remaining(&self) -> Duration {
        Duration::from_nanos(self.ends.saturating_sub(monotonic_now()))
    }

    pub(crate) fn elapsed(&self) -> Duration {
        Duration::from_nanos(monotonic_now().saturating_sub(self.began))
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_timeout_does_not_overflow() {
        let deadline = Deadline::after(Duration::MAX);
        assert!(!deadline.passed());
        let slice = deadline.next_slice(Duration::from_millis(100));
        assert!(slice < u64::MAX && slice > monotonic_now());
    }

    #[test]
    fn a_slice_ends_with_its_deadline() {
        let deadline = Deadline::after(Duration::from_millis(5));
        assert_eq!(deadline.next_slice(Duration::from_secs(1)), deadline.ends);
        assert!(Deadline::after(Duration::ZERO).passed());
    }
}
