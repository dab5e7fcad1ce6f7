//! The queue from which workers take attempts.
//!
//! A worker takes a scenario together with all its locks, or not at all, and a scenario that runs waits for
//! none. So whatever waits, waits for scenarios that will end.

use std::collections::{HashMap, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::attempt_id::AttemptId;
use super::units::{Locks, Unit};

/// The attempts that have not started.
#[derive(Debug)]
pub(super) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
    /// The locks of each scenario.
    locks: Vec<Vec<usize>>,
}

#[derive(Debug)]
struct State {
    waiting: VecDeque<Unit>,
    /// What follows each running scenario of a unit with several.
    after: HashMap<usize, VecDeque<usize>>,
    /// Whether each lock is held.
    held: Vec<bool>,
    /// Number of workers that wait.
    waiters: usize,
}

/// The answer to a worker that asks for an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taken {
    /// This attempt may start.
    Attempt(AttemptId),
    /// One may start later: [`Queue::wait`].
    Later,
    /// None is left.
    Nothing,
}

impl Queue {
    /// Creates an empty queue.
    pub(super) fn new(locks: Locks) -> Self {
        let state = State {
            waiting: VecDeque::new(),
            after: HashMap::new(),
            held: vec![false; locks.count],
            waiters: 0,
        };
        Self { state: Mutex::new(state), changed: Condvar::new(), locks: locks.of }
    }

    /// Adds units behind those that wait.
    pub(super) fn add(&self, units: Vec<Unit>) {
        self.lock().waiting.extend(units);
        self.changed.notify_all();
    }

    /// Takes the first attempt that may start now.
    pub(super) fn take(&self) -> Taken {
        let mut state = self.lock();
        match self.start_first(&mut state) {
            Ok(id) => Taken::Attempt(id),
            Err(_) if state.waiting.is_empty() => Taken::Nothing,
            Err(_) => Taken::Later,
        }
    }

    /// Waits for the first attempt that may start; `None` if none is left or `is_over` returns true.
    /// [`wake`](Self::wake) must be called when it begins to.
    pub(super) fn wait(&self, is_over: impl Fn() -> bool) -> Option<AttemptId> {
        let mut state = self.lock();
        loop {
            if is_over() {
                return None;
            }
            let delayed = match self.start_first(&mut state) {
                Ok(id) => return Some(id),
                Err(_) if state.waiting.is_empty() => return None,
                Err(delayed) => delayed,
            };
            state.waiters += 1;
            state = match delayed {
                None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(until) => {
                    let time = until.saturating_duration_since(Instant::now());
                    let waited = self.changed.wait_timeout(state, time);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
            state.waiters -= 1;
        }
    }

    /// Records that a scenario has ended: others with its locks may start. Returns the scenario after it in its
    /// unit, which starts if its locks are free, so that a worker keeps a unit as long as it can.
    pub(super) fn finish(&self, number: usize) -> Option<AttemptId> {
        let mut state = self.lock();
        self.unlock(&mut state, number);
        let rest = state.after.remove(&number).and_then(Unit::of);
        let next = rest.and_then(|rest| {
            if self.is_locked(&state, rest.next.number) {
                // Before units that have not started, so that a feature in progress goes on.
                state.waiting.push_front(rest);
                return None;
            }
            Some(self.start(&mut state, rest))
        });
        self.notify(state);
        next
    }

    /// Records that a scenario has ended, and that no other one is to start.
    pub(super) fn finish_last(&self, number: usize) {
        let mut state = self.lock();
        self.unlock(&mut state, number);
        state.after.remove(&number);
        self.notify(state);
    }

    /// Puts a running scenario back until its next attempt.
    pub(super) fn retry_at(&self, id: AttemptId, not_before: Instant) {
        let mut state = self.lock();
        self.unlock(&mut state, id.number);
        let rest = state.after.remove(&id.number).unwrap_or_default();
        state.waiting.push_front(Unit { next: id, not_before: Some(not_before), rest });
        self.notify(state);
    }

    /// Makes the waiting workers ask again whether the run is over.
    pub(super) fn wake(&self) {
        let state = self.lock();
        self.notify(state);
    }

    /// Starts the first attempt that may start now; otherwise returns the earliest end of a delay.
    fn start_first(&self, state: &mut State) -> Result<AttemptId, Option<Instant>> {
        let mut delayed: Option<Instant> = None;
        let mut now = None;
        let position = state.waiting.iter().position(|unit| {
            if self.is_locked(state, unit.next.number) {
                return false;
            }
            let Some(not_before) = unit.not_before else { return true };
            let is_due = not_before <= *now.get_or_insert_with(Instant::now);
            if !is_due {
                delayed = Some(delayed.map_or(not_before, |first| first.min(not_before)));
            }
            is_due
        });
        let unit = position.and_then(|position| state.waiting.remove(position)).ok_or(delayed)?;
        Ok(self.start(state, unit))
    }

    /// Starts the first scenario of a unit, whose locks are free.
    fn start(&self, state: &mut State, unit: Unit) -> AttemptId {
        let number = unit.next.number;
        self.locks[number].iter().for_each(|lock| state.held[*lock] = true);
        if !unit.rest.is_empty() {
            state.after.insert(number, unit.rest);
        }
        unit.next
    }

    fn is_locked(&self, state: &State, number: usize) -> bool {
        self.locks[number].iter().any(|lock| state.held[*lock])
    }

    fn unlock(&self, state: &mut State, number: usize) {
        self.locks[number].iter().for_each(|lock| state.held[*lock] = false);
    }

    fn notify(&self, state: MutexGuard<'_, State>) {
        let waiters = state.waiters;
        drop(state);
        if waiters > 0 {
            self.changed.notify_all();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing that can panic runs under the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    use std::thread;
    use std::time::Duration;

    use super::*;
    use crate::model::{Location, Scenario, Tag};
    use crate::schedule::options::{Parallel, ScheduleOptions};
    use crate::schedule::units::Plan;

    /// A scenario of the file `path` with these tags.
    fn scenario(path: &str, tags: &[&str]) -> Arc<Scenario> {
        let location = Location { path: path.into(), line: 1, column: 1 };
        let tag = |name: &&str| Tag { name: (*name).to_owned(), location: location.clone() };
        Arc::new(Scenario {
            feature: "f".into(),
            language: "en",
            rule: None,
            name: "s".to_owned(),
            tags: tags.iter().map(tag).collect(),
            steps: Vec::new(),
            location: location.clone(),
            example_row: None,
            combination: None,
        })
    }

    fn queue(scenarios: &[Arc<Scenario>], parallel: Parallel) -> (Queue, Vec<Unit>) {
        let lock_tags = vec!["@gpu".to_owned()];
        let options = ScheduleOptions { parallel, lock_tags, ..ScheduleOptions::default() };
        let Plan { parallel, alone, locks } = Plan::new(scenarios, &options, |_| None);
        let queue = Queue::new(locks);
        queue.add(parallel);
        (queue, alone)
    }

    fn attempt(number: usize) -> Taken {
        Taken::Attempt(AttemptId { number, attempt: 0 })
    }

    #[test]
    fn scenarios_with_one_lock_do_not_overlap() {
        let tags: [&[&str]; 5] =
            [&["@lock(a)"], &["@lock(a)", "@gpu"], &["@gpu"], &[], &["@lock(b)"]];
        let (queue, _) = queue(&tags.map(|tags| scenario("f", tags)), Parallel::Scenarios);
        assert_eq!(queue.take(), attempt(0));
        assert_eq!(queue.take(), attempt(2), "1 waits for 0");
        assert_eq!(queue.take(), attempt(3));
        assert_eq!(queue.take(), attempt(4));
        assert_eq!(queue.take(), Taken::Later);
        queue.finish(0);
        assert_eq!(queue.take(), Taken::Later, "1 waits for 2");
        queue.finish(2);
        assert_eq!(queue.take(), attempt(1));
        assert_eq!(queue.take(), Taken::Nothing);
    }

    #[test]
    fn scenarios_of_a_feature_run_in_order() {
        let of = |path| scenario(path, &[]);
        let serial = scenario("c", &["@serial"]);
        let (queue, alone) =
            queue(&[of("a"), of("b"), of("a"), of("b"), of("c"), serial], Parallel::Features);
        assert_eq!((queue.take(), queue.take()), (attempt(0), attempt(1)));
        assert_eq!(queue.take(), Taken::Nothing, "what follows is for the workers of 0 and 1");
        let first = |number| Some(AttemptId { number, attempt: 0 });
        assert_eq!(queue.finish(1), first(3));
        assert_eq!(queue.finish(0), first(2));
        assert_eq!(queue.finish(2), None);
        assert_eq!(queue.take(), Taken::Nothing);
        queue.add(alone);
        assert_eq!(
            queue.take(),
            attempt(4),
            "a feature with a serial scenario runs alone, in order"
        );
        assert_eq!(queue.finish(4), first(5));
    }

    #[test]
    fn rest_of_a_feature_waits_for_a_lock() {
        let tags: [&[&str]; 3] = [&[], &["@lock(a)"], &["@lock(a)"]];
        let files = ["f", "f", "g"];
        let scenarios: Vec<_> =
            files.iter().zip(tags).map(|(file, tags)| scenario(file, tags)).collect();
        let (queue, _) = queue(&scenarios, Parallel::Features);
        assert_eq!((queue.take(), queue.take()), (attempt(0), attempt(2)));
        assert_eq!(queue.finish(0), None, "2 holds the lock of 1");
        assert_eq!(queue.take(), Taken::Later);
        queue.finish(2);
        assert_eq!(queue.take(), attempt(1));
    }

    #[test]
    fn nothing_follows_the_last_scenario_of_a_stopped_run() {
        let (queue, _) = queue(&[scenario("f", &[]), scenario("f", &[])], Parallel::Features);
        assert_eq!(queue.take(), attempt(0));
        queue.finish_last(0);
        assert_eq!(queue.take(), Taken::Nothing);
    }

    #[test]
    fn delayed_retry_keeps_its_place_and_gives_its_locks_back() {
        let tags: [&[&str]; 2] = [&["@lock(a)"], &["@lock(a)"]];
        let (queue, _) = queue(&tags.map(|tags| scenario("f", tags)), Parallel::Scenarios);
        assert_eq!(queue.take(), attempt(0));
        let retry = AttemptId { number: 0, attempt: 1 };
        queue.retry_at(retry, Instant::now() + Duration::from_secs(3600));
        assert_eq!(queue.take(), attempt(1));
        queue.finish(1);
        assert_eq!(queue.take(), Taken::Later);
        queue.retry_at(retry, Instant::now());
        assert_eq!(queue.take(), Taken::Attempt(retry));
    }

    #[test]
    fn waiting_worker_ends_with_the_run() {
        let tags: [&[&str]; 2] = [&["@lock(a)"], &["@lock(a)"]];
        let (queue, _) = queue(&tags.map(|tags| scenario("f", tags)), Parallel::Scenarios);
        assert_eq!(queue.take(), attempt(0));
        let over = AtomicBool::new(false);
        thread::scope(|scope| {
            let waiting = scope.spawn(|| queue.wait(|| over.load(Ordering::SeqCst)));
            over.store(true, Ordering::SeqCst);
            queue.wake();
            assert_eq!(waiting.join().unwrap(), None);
        });
    }

    #[test]
    fn many_workers_run_everything_once_and_never_two_with_one_lock() {
        const SCENARIOS: usize = 600;
        let names: Vec<String> = (0..5).map(|lock| format!("@lock(l{lock})")).collect();
        let tags = |number: usize| [&*names[number % 5], &*names[(number / 5) % 5], "@x"];
        let scenarios: Vec<_> =
            (0..SCENARIOS).map(|n| scenario(&(n % 7).to_string(), &tags(n)[n % 3..])).collect();
        for parallel in [Parallel::Scenarios, Parallel::Features] {
            let (queue, _) = queue(&scenarios, parallel);
            let (ran, holders) = (AtomicUsize::new(0), [(); 5].map(|()| AtomicUsize::new(0)));
            let work = || {
                let mut next = None;
                while let Some(id) = next.take().or_else(|| queue.wait(|| false)) {
                    let held = &queue.locks[id.number];
                    for lock in held {
                        assert_eq!(holders[*lock].fetch_add(1, Ordering::SeqCst), 0);
                    }
                    if id.attempt == 0 {
                        ran.fetch_add(1, Ordering::SeqCst);
                    }
                    thread::yield_now();
                    for lock in held {
                        holders[*lock].fetch_sub(1, Ordering::SeqCst);
                    }
                    match id.attempt < 1 && id.number % 4 == 0 {
                        true => {
                            let delay = Duration::from_micros(id.number as u64);
                            let retry = AttemptId { attempt: 1, ..id };
                            queue.retry_at(retry, Instant::now() + delay);
                        }
                        false => next = queue.finish(id.number),
                    }
                }
            };
            thread::scope(|scope| (0..8).for_each(|_| drop(scope.spawn(work))));
            assert_eq!(ran.load(Ordering::SeqCst), SCENARIOS, "{parallel:?}");
        }
    }
}
