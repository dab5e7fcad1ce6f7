//! Units: the scenarios that run one after the other.

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use super::attempt_id::AttemptId;
use super::options::{Parallel, ScheduleOptions};
use super::tags;
use crate::model::Scenario;

/// Scenarios that run one after the other.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unit {
    /// The next attempt.
    pub(super) next: AttemptId,
    /// The earliest start of the next attempt, for a retry with a delay.
    pub(super) not_before: Option<Instant>,
    /// The numbers of the scenarios after it.
    pub(super) rest: VecDeque<usize>,
}

/// The units of a run.
#[derive(Debug)]
pub(super) struct Plan {
    /// Those that run in parallel.
    pub(super) parallel: Vec<Unit>,
    /// Those that run one at a time, after all others.
    pub(super) alone: Vec<Unit>,
    pub(super) locks: Locks,
}

/// The names that scenarios lock while they run.
#[derive(Debug)]
pub(super) struct Locks {
    /// Those of each scenario, as numbers below `count`.
    pub(super) of: Vec<Vec<usize>>,
    pub(super) count: usize,
}

impl Plan {
    /// Plans a run of these scenarios. Units with a scenario with one of the serial tags run alone;
    /// scenarios with the same lock tag, the same `@lock(NAME)` or the same `lock`, which is passed their
    /// numbers, do not overlap.
    pub(super) fn new(
        scenarios: &[Arc<Scenario>],
        options: &ScheduleOptions,
        lock: impl Fn(usize) -> Option<String>,
    ) -> Self {
        let is_alone = |number: &usize| {
            let mut tags = scenarios[*number].tags.iter();
            tags.any(|tag| options.serial_tags.contains(&tag.name))
        };
        let units = match options.parallel {
            Parallel::Scenarios => (0..scenarios.len()).map(|number| vec![number]).collect(),
            Parallel::Features => by_feature(scenarios),
        };
        let (alone, parallel): (Vec<_>, Vec<_>) =
            units.into_iter().partition(|numbers| numbers.iter().any(is_alone));
        let units = |numbers: Vec<Vec<usize>>| {
            numbers.into_iter().filter_map(|numbers| Unit::of(numbers.into())).collect()
        };
        Self {
            parallel: units(parallel),
            alone: units(alone),
            locks: Locks::new(scenarios, &options.lock_tags, lock),
        }
    }
}

impl Locks {
    fn new(
        scenarios: &[Arc<Scenario>],
        lock_tags: &[String],
        lock: impl Fn(usize) -> Option<String>,
    ) -> Self {
        let mut known: HashMap<Cow<'_, str>, usize> = HashMap::new();
        let mut of = Vec::with_capacity(scenarios.len());
        for (number, scenario) in scenarios.iter().enumerate() {
            let names = tags::locks(&scenario.tags, lock_tags).into_iter().map(Cow::Borrowed);
            let names = names.chain(lock(number).map(Cow::Owned));
            let number = |name| {
                let next = known.len();
                *known.entry(name).or_insert(next)
            };
            of.push(names.map(number).collect());
        }
        Self { of, count: known.len() }
    }
}

impl Unit {
    /// Returns a unit of these scenarios, if there are any.
    pub(super) fn of(mut rest: VecDeque<usize>) -> Option<Self> {
        let next = AttemptId { number: rest.pop_front()?, attempt: 0 };
        Some(Self { next, not_before: None, rest })
    }
}

/// Returns the numbers of the scenarios of each feature, features in the order of their first scenario.
fn by_feature(scenarios: &[Arc<Scenario>]) -> Vec<Vec<usize>> {
    let mut features: Vec<Vec<usize>> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    for (number, scenario) in scenarios.iter().enumerate() {
        let next = features.len();
        let feature = *known.entry(&scenario.location.path).or_insert(next);
        match features.get_mut(feature) {
            Some(numbers) => numbers.push(number),
            None => features.push(vec![number]),
        }
    }
    features
}
