//! Watching for a change for a bounded time before going to sleep.
//!
//! Spinning pays when the change comes sooner than a sleeper would be woken, and never when the
//! other end needs this CPU to make it.

use std::time::Duration;

use nix::sched::{CpuSet, sched_getaffinity};
use nix::unistd::Pid;

use crate::deadline::monotonic_now;

/// Polls between two looks at the clock.
const POLLS_PER_CLOCK_READ: u32 = 64;

/// The budget does not shrink below the wish divided by this.
const MOST_SHRINKAGE: u64 = 16;

/// How long an end may spin.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SpinBudget {
    wish: u64,
    /// What is spent on the next wait: half as much after each that was in vain.
    current: u64,
}

impl SpinBudget {
    /// The wished budget, or none where the process `peer` (0 if unknown) could not run meanwhile.
    pub(crate) fn new(wish: Duration, peer: u64) -> Self {
        let wish = u64::try_from(wish.as_nanos()).unwrap_or(u64::MAX);
        Self { wish, current: if share_one_cpu(peer) { 0 } else { wish } }
    }

    /// Polls a few times without a look at the clock.
    pub(crate) fn glance(&self, mut ready: impl FnMut() -> bool) -> bool {
        self.current > 0 && (0..POLLS_PER_CLOCK_READ).any(|_| poll(&mut ready))
    }

    /// Polls until `ready` says yes, the budget is used up, or `at_most` has passed.
    pub(crate) fn spin(&self, at_most: Duration, mut ready: impl FnMut() -> bool) -> bool {
        let budget = self.current.min(u64::try_from(at_most.as_nanos()).unwrap_or(u64::MAX));
        if budget == 0 {
            return false;
        }
        let began = monotonic_now();
        loop {
            if (0..POLLS_PER_CLOCK_READ).any(|_| poll(&mut ready)) {
                return true;
            }
            if monotonic_now().saturating_sub(began) >= budget {
                return false;
            }
        }
    }

    /// Learns from a wait for the process `peer` that had to sleep and took `nanos` in all.
    pub(crate) fn slept(&mut self, nanos: u64, peer: u64) {
        // The choice of CPUs may change at any time; here the question costs little.
        self.current = if share_one_cpu(peer) {
            0
        } else if nanos <= self.wish {
            // The whole budget would have done.
            self.wish
        } else {
            (self.current / 2).max(self.wish / MOST_SHRINKAGE)
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

/// Whether this thread and the process `peer` have one CPU between them.
fn share_one_cpu(peer: u64) -> bool {
    let Ok(own) = sched_getaffinity(Pid::from_raw(0)) else { return false };
    // Of a process that is unknown or gone the question has no answer.
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
        SpinBudget { wish: nanos, current: nanos }
    }

    #[test]
    fn a_spin_ends_when_ready_or_when_its_budget_is_used_up() {
        let budget = with_budget(WISH);
        let mut polls = 0;
        assert!(budget.spin(Duration::MAX, || {
            polls += 1;
            polls == 10
        }));
        assert_eq!(polls, 10);
        assert!(!budget.spin(Duration::MAX, || false));
    }

    #[test]
    fn without_budget_nothing_is_polled() {
        assert!(!with_budget(0).spin(Duration::MAX, || unreachable!("polled")));
        assert!(!with_budget(0).glance(|| unreachable!("polled")));
        assert!(!with_budget(WISH).spin(Duration::ZERO, || unreachable!("polled")));
    }

    #[test]
    fn a_budget_shrinks_when_spent_in_vain_and_recovers_when_it_would_have_done() {
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
    fn a_thread_with_one_cpu_has_no_budget() {
        // Threads of their own: the choice of CPUs belongs to the thread.
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
