//! Spinning: polling for a change for a bounded time before sleeping.
//!
//! Spinning pays when the change comes sooner than a sleeper would be woken, and never when the
//! other side needs this CPU to make it.

use std::time::Duration;

use nix::sched::{CpuSet, sched_getaffinity};
use nix::unistd::Pid;

use crate::deadline::monotonic_now;

/// Polls between two clock readings.
const POLLS_PER_CLOCK_READ: u32 = 64;

/// The budget does not shrink below the configured one divided by this.
const MAX_SHRINK_FACTOR: u64 = 16;

/// Consecutive sleeps after which one wait gets more than the configured budget.
///
/// If waking takes longer than the budget, two sides that answer each other would always sleep:
/// each finds the other asleep. One long spin lets one of them see its answer arrive,
/// and from then on neither needs to sleep.
const SLEEPS_BEFORE_LONG_SPIN: u32 = 16;

/// One long spin is the configured budget times this.
const LONG_SPIN_FACTOR: u64 = 4;

/// The time for which a reader or writer may spin.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SpinBudget {
    configured: u64,
    /// Budget of the next wait: halved after each wait that spun without success.
    current: u64,
    sleeps_in_a_row: u32,
}

impl SpinBudget {
    /// Creates a budget, which is 0 if the process `peer` (0 if unknown) could not run meanwhile.
    pub(crate) fn new(configured: Duration, peer: u64) -> Self {
        let configured = u64::try_from(configured.as_nanos()).unwrap_or(u64::MAX);
        Self {
            configured,
            current: if share_one_cpu(peer) { 0 } else { configured },
            sleeps_in_a_row: 0,
        }
    }

    /// Returns whether the other side can run while this one spins.
    #[inline]
    pub(crate) fn is_useful(&self) -> bool {
        self.current > 0
    }

    /// Polls a few times without reading the clock.
    pub(crate) fn poll_briefly(&self, mut ready: impl FnMut() -> bool) -> bool {
        self.current > 0 && (0..POLLS_PER_CLOCK_READ).any(|_| poll(&mut ready))
    }

    /// Polls until `ready` returns true, the budget is used up, or `at_most` has passed.
    pub(crate) fn spin(&mut self, at_most: Duration, mut ready: impl FnMut() -> bool) -> bool {
        let at_most = u64::try_from(at_most.as_nanos()).unwrap_or(u64::MAX);
        let budget = self.next_budget().min(at_most);
        if budget == 0 {
            return false;
        }
        let began = monotonic_now();
        loop {
            if (0..POLLS_PER_CLOCK_READ).any(|_| poll(&mut ready)) {
                self.sleeps_in_a_row = 0;
                return true;
            }
            if monotonic_now().saturating_sub(began) >= budget {
                return false;
            }
        }
    }

    fn next_budget(&self) -> u64 {
        let long = self.sleeps_in_a_row % SLEEPS_BEFORE_LONG_SPIN == SLEEPS_BEFORE_LONG_SPIN - 1;
        match self.current {
            0 => 0,
            _ if long => self.configured.saturating_mul(LONG_SPIN_FACTOR),
            current => current,
        }
    }

    /// Learns from a wait for the process `peer` that had to sleep and took `nanos` in all.
    pub(crate) fn slept(&mut self, nanos: u64, peer: u64) {
        self.sleeps_in_a_row = self.sleeps_in_a_row.wrapping_add(1);
        // The CPU affinity may change at any time; here the check costs little.
        self.current = if share_one_cpu(peer) {
            0
        } else if nanos <= self.configured {
            // The whole budget would have done.
            self.configured
        } else {
            (self.current / 2).max(self.configured / MAX_SHRINK_FACTOR)
        };
    }
}

fn poll(ready: &mut impl FnMut() -> bool) -> bool {
    if ready() {
        return true;
    }
    std::hint::spin_loop();
    false
}

/// Returns whether this thread and the process `peer` share a single CPU.
fn share_one_cpu(peer: u64) -> bool {
    let Ok(own) = sched_getaffinity(Pid::from_raw(0)) else { return false };
    // An unknown process, or one that is gone, has no affinity.
    let peer = i32::try_from(peer).ok().filter(|&pid| pid > 0).map(Pid::from_raw);
    let theirs = peer.and_then(|pid| sched_getaffinity(pid).ok());
    let is_set = |set: &CpuSet, cpu| set.is_set(cpu).unwrap_or(false);
    let either = |&cpu: &usize| is_set(&own, cpu) || theirs.is_some_and(|set| is_set(&set, cpu));
    (0..CpuSet::count()).filter(either).take(2).count() < 2
}

#[cfg(test)]
mod tests {
    use nix::sched::sched_setaffinity;

    use super::*;

    const WISH: u64 = 50_000;

    fn with_budget(nanos: u64) -> SpinBudget {
        SpinBudget { configured: nanos, current: nanos, sleeps_in_a_row: 0 }
    }

    #[test]
    fn spin_ends_when_ready_or_out_of_budget() {
        let mut budget = with_budget(WISH);
        let mut polls = 0;
        assert!(budget.spin(Duration::MAX, || {
            polls += 1;
            polls == 10
        }));
        assert_eq!(polls, 10);
        assert!(!budget.spin(Duration::MAX, || false));
    }

    #[test]
    fn no_budget_means_no_polling() {
        assert!(!with_budget(0).spin(Duration::MAX, || unreachable!("polled")));
        assert!(!with_budget(0).poll_briefly(|| unreachable!("polled")));
        assert!(!with_budget(WISH).spin(Duration::ZERO, || unreachable!("polled")));
    }

    #[test]
    fn budget_adapts_to_the_length_of_waits() {
        let elsewhere = std::thread::spawn(|| {
            let mut budget = with_budget(WISH);
            if share_one_cpu(0) {
                return budget.slept(0, 0);
            }
            let mut budgets = vec![];
            for _ in 0..6 {
                budget.slept(WISH + 1, 0);
                budgets.push(budget.current);
            }
            assert_eq!(budgets, [WISH / 2, WISH / 4, WISH / 8, WISH / 16, WISH / 16, WISH / 16]);
            budget.slept(WISH, 0);
            assert_eq!(budget.current, WISH);
        });
        elsewhere.join().unwrap();
    }

    #[test]
    fn many_sleeps_in_a_row_cause_one_long_spin() {
        let asleep = |sleeps_in_a_row| SpinBudget { sleeps_in_a_row, ..with_budget(WISH) };
        for nth in [1, 2] {
            let due = nth * SLEEPS_BEFORE_LONG_SPIN;
            let budgets = [due - 2, due - 1, due].map(|sleeps| asleep(sleeps).next_budget());
            assert_eq!(budgets, [WISH, LONG_SPIN_FACTOR * WISH, WISH]);
        }
        let none = SpinBudget { current: 0, ..asleep(SLEEPS_BEFORE_LONG_SPIN - 1) };
        assert_eq!(none.next_budget(), 0, "spinning cannot help");
        let mut awake = asleep(SLEEPS_BEFORE_LONG_SPIN - 2);
        assert!(awake.spin(Duration::MAX, || true));
        assert_eq!(awake.sleeps_in_a_row, 0);
    }

    #[test]
    fn no_spinning_on_single_cpu() {
        // Dedicated threads: CPU affinity belongs to the thread.
        let allowed = sched_getaffinity(Pid::from_raw(0)).unwrap();
        let cpus: Vec<_> =
            (0..CpuSet::count()).filter(|&cpu| allowed.is_set(cpu).unwrap()).collect();
        let budgets_with = |cpus: &[usize], peer: u64| {
            let mut set = CpuSet::new();
            cpus.iter().for_each(|&cpu| set.set(cpu).unwrap());
            let thread = std::thread::spawn(move || {
                sched_setaffinity(Pid::from_raw(0), &set).unwrap();
                let mut later = with_budget(WISH);
                later.slept(0, peer);
                [SpinBudget::new(Duration::from_nanos(WISH), peer).current, later.current]
            });
            thread.join().unwrap()
        };
        assert_eq!(budgets_with(&cpus[..1], 0), [0, 0]);
        if cpus.len() > 1 {
            assert_eq!(budgets_with(&cpus[..2], 0), [WISH, WISH]);
            // The main thread of this process may use them all.
            let elsewhere = u64::from(std::process::id());
            assert_eq!(budgets_with(&cpus[..1], elsewhere), [WISH, WISH]);
        }
    }
}
