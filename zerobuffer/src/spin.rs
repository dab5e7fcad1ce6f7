//! Watching for a change for a bounded time before going to sleep.

use std::time::Duration;

use nix::sched::{CpuSet, sched_getaffinity};
use nix::unistd::Pid;

use crate::deadline::monotonic_now;

/// Polls between two looks at the clock.
const POLLS_PER_CLOCK_READ: u32 = 64;

/// How long an end may spin.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SpinBudget(u64);

impl SpinBudget {
    /// The wished budget, or none where the peer could not run meanwhile.
    pub(crate) fn new(wish: Duration) -> Self {
        if single_cpu() {
            return Self(0);
        }
        Self(u64::try_from(wish.as_nanos()).unwrap_or(u64::MAX))
    }

    /// Polls until `ready` says yes, the budget is used up, or `at_most` has passed.
    pub(crate) fn spin(self, at_most: Duration, mut ready: impl FnMut() -> bool) -> bool {
        let budget = self.0.min(u64::try_from(at_most.as_nanos()).unwrap_or(u64::MAX));
        if budget == 0 {
            return false;
        }
        let began = monotonic_now();
        loop {
            for _ in 0..POLLS_PER_CLOCK_READ {
                if ready() {
                    return true;
                }
                std::hint::spin_loop();
            }
            if monotonic_now().saturating_sub(began) >= budget {
                return false;
            }
        }
    }
}

/// Whether this thread may use one CPU only.
fn single_cpu() -> bool {
    let Ok(allowed) = sched_getaffinity(Pid::from_raw(0)) else { return false };
    (0..CpuSet::count()).filter(|&cpu| allowed.is_set(cpu).unwrap_or(false)).take(2).count() < 2
}

#[cfg(test)]
mod tests {
    use nix::sched::sched_setaffinity;

    use super::*;

    #[test]
    fn a_spin_ends_when_ready_or_when_its_budget_is_used_up() {
        let budget = SpinBudget(50_000);
        let mut polls = 0;
        assert!(budget.spin(Duration::MAX, || {
            polls += 1;
            polls == 10
        }));
        assert_eq!(polls, 10);
        assert!(!budget.spin(Duration::MAX, || false));
    }

    #[test]
    fn a_thread_with_one_cpu_has_no_budget() {
        // A thread of its own: the choice of CPUs belongs to the thread.
        let allowed = sched_getaffinity(Pid::from_raw(0)).unwrap();
        let cpus: Vec<_> =
            (0..CpuSet::count()).filter(|&cpu| allowed.is_set(cpu).unwrap()).collect();
        let budget_with = |cpus: &[usize]| {
            let mut set = CpuSet::new();
            cpus.iter().for_each(|&cpu| set.set(cpu).unwrap());
            let thread = std::thread::spawn(move || {
                sched_setaffinity(Pid::from_raw(0), &set).unwrap();
                SpinBudget::new(Duration::from_micros(200)).0
            });
            thread.join().unwrap()
        };
        assert_eq!(budget_with(&cpus[..1]), 0);
        if cpus.len() > 1 {
            assert_eq!(budget_with(&cpus[..2]), 200_000);
        }
    }

    #[test]
    fn without_budget_nothing_is_polled() {
        assert!(!SpinBudget(0).spin(Duration::MAX, || unreachable!("polled")));
        assert!(!SpinBudget(50_000).spin(Duration::ZERO, || unreachable!("polled")));
    }
}
