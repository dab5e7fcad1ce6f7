//! The faults of one run of a scenario, drawn with a seed.

use std::ops::Range;
use std::time::Duration;

use super::fault::{Fault, FaultKind};
use super::survival::Survival;
use crate::harmony::plan::routing::Plan;
use crate::harmony::plan::target::Target;
use crate::random::SplitMix;

/// The largest number of faults of one run.
const MAX_FAULTS: usize = 3;

/// The range of the time from the sending of a step to a fault, in microseconds: from about the time of a
/// message to that of a slow step.
const OFFSETS: Range<u64> = 10..300_000;

/// The range of the time of a pause or a delay, in microseconds: up to longer than the intervals at which
/// processes check each other, and shorter than usual timeouts.
const DURATIONS: Range<u64> = 500..1_000_000;

/// The faults of one run of a scenario, in the order in which they strike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultPlan {
    /// The seed that they were drawn with.
    pub seed: u64,
    /// Sorted by step and time. At least one process remains that none of them kills.
    pub faults: Vec<Fault>,
    /// The faults that the scenario survives.
    pub survival: Survival,
}

impl FaultPlan {
    /// Draws the faults of a scenario. They depend on the seed, the name, the roles and the targets of the
    /// steps only: not on the combination of platforms.
    pub fn draw(seed: u64, scenario: &str, plan: &Plan, survival: Survival) -> Self {
        let mut draw =
            Draw { random: SplitMix::new(seed ^ hash(scenario)), plan, killed: Vec::new() };
        let mut faults = Vec::new();
        if !plan.steps.is_empty() && !plan.roles.is_empty() {
            let count = 1 + draw.random.below(MAX_FAULTS);
            faults.extend((0..count).map(|_| draw.fault()));
        }
        faults.sort_by_key(|fault| (fault.step, fault.after));
        Self { seed, faults, survival }
    }
}

struct Draw<'a> {
    random: SplitMix,
    plan: &'a Plan,
    /// The roles that a fault kills.
    killed: Vec<String>,
}

impl Draw<'_> {
    fn fault(&mut self) -> Fault {
        let Plan { roles, steps } = self.plan;
        let role = roles[self.random.below(roles.len())].clone();
        let kind = self.random.below(4);
        let duration = self.time(DURATIONS);
        let own_steps: Vec<usize> =
            (0..steps.len()).filter(|step| is_sent_to(&steps[*step].target, &role)).collect();
        // The scenario pauses the role itself, and its end of a pause must not end that of a fault.
        let is_suspended =
            steps.iter().any(|s| matches!(&s.target, Target::Suspend(r, _) if *r == role));
        let others_killed = self.killed.iter().filter(|killed| **killed != role).count();
        match kind {
            // Every second one; one process must remain, since the test is about it.
            0 | 1 if others_killed + 1 < roles.len() => {
                self.killed.push(role.clone());
                let (step, after) = self.moment();
                Fault { step, after, role, kind: FaultKind::Kill }
            }
            2 if !is_suspended => {
                let (step, after) = self.moment();
                Fault { step, after, role, kind: FaultKind::Pause(duration) }
            }
            _ => {
                let step = match own_steps.is_empty() {
                    true => self.random.below(steps.len()),
                    false => own_steps[self.random.below(own_steps.len())],
                };
                Fault { step, after: Duration::ZERO, role, kind: FaultKind::Delay(duration) }
            }
        }
    }

    /// Returns a step and the time since it was sent.
    fn moment(&mut self) -> (usize, Duration) {
        let step = self.random.below(self.plan.steps.len());
        let after = self.time(OFFSETS);
        // Every third one strikes between two steps.
        (step, if self.random.below(3) == 0 { Duration::ZERO } else { after })
    }

    fn time(&mut self, micros: Range<u64>) -> Duration {
        Duration::from_micros(self.random.logarithmic(micros))
    }
}

/// Returns whether the step reaches the first process of the role.
fn is_sent_to(target: &Target, role: &str) -> bool {
    match target {
        Target::Process(name) | Target::NewProcess(name) => name == role,
        Target::Broadcast => true,
        _ => false,
    }
}

/// FNV-1a: two scenarios with one seed are to suffer different faults.
fn hash(text: &str) -> u64 {
    let step = |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
    text.bytes().fold(0xCBF2_9CE4_8422_2325, step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gherkin;
    use crate::harmony::plan::mode::Mode;
    use crate::harmony::plan::routing::plan;

    fn planned(steps: &str) -> Plan {
        let document =
            gherkin::parse("t.feature", &format!("Feature: f\nScenario: s\n{steps}")).unwrap();
        plan(&gherkin::scenarios(&document)[0], Mode::Strict)
    }

    fn draw(seed: u64, plan: &Plan) -> Vec<Fault> {
        FaultPlan::draw(seed, "s", plan, Survival::default()).faults
    }

    const STEPS: &str = "Given the 'reader' process opens\nAnd the 'writer' process opens\n\
                         When the 'writer' process writes\nThen the 'reader' process reads";

    #[test]
    fn a_seed_gives_the_same_faults_every_time() {
        let plan = planned(STEPS);
        for seed in 0..100 {
            assert_eq!(draw(seed, &plan), draw(seed, &plan));
        }
        assert_ne!(draw(1, &plan), draw(2, &plan));
        let other = FaultPlan::draw(1, "another", &plan, Survival::default());
        assert_ne!(draw(1, &plan), other.faults);
    }

    #[test]
    fn the_faults_of_a_seed_do_not_change_between_versions() {
        // Otherwise the seed in a report would not rerun what the report is about.
        let shown: Vec<String> = (1..=3)
            .flat_map(|seed| draw(seed, &planned(STEPS)))
            .map(|fault| fault.to_string())
            .collect();
        assert_eq!(
            shown,
            [
                "kill 'writer' 79.2 ms into step 3",
                "kill 'writer' 65 µs into step 2",
                "kill 'writer' 5.5 ms into step 3",
                "delay 'reader' by 728 µs before step 4",
                "pause 'reader' for 103.1 ms 3.0 ms into step 2",
                "pause 'reader' for 41.1 ms 239 µs into step 4",
            ]
        );
    }

    #[test]
    fn every_kind_strikes_every_role_before_and_within_every_step() {
        let plan = planned(STEPS);
        let all: Vec<Fault> = (0..1000).flat_map(|seed| draw(seed, &plan)).collect();
        for role in ["reader", "writer"] {
            for step in 0..4 {
                for within in [false, true] {
                    let strikes = |wanted: fn(FaultKind) -> bool| {
                        all.iter().any(|fault| {
                            let place = (fault.role == role, fault.step, !fault.after.is_zero());
                            place == (true, step, within) && wanted(fault.kind)
                        })
                    };
                    assert!(strikes(|kind| kind == FaultKind::Kill), "{role} {step} {within}");
                    assert!(strikes(|kind| matches!(kind, FaultKind::Pause(_))));
                }
            }
        }
        let delayed =
            |step| all.iter().any(|f| matches!(f.kind, FaultKind::Delay(_)) && f.step == step);
        assert!((0..4).all(delayed));
    }

    #[test]
    fn one_process_is_never_killed() {
        let alone = planned("Given the 'only' process opens");
        let both = planned(STEPS);
        for seed in 0..1000 {
            let kills = |plan: &Plan| {
                let faults = draw(seed, plan).into_iter();
                let killed = faults.filter(|fault| fault.kind == FaultKind::Kill);
                let mut roles: Vec<String> = killed.map(|fault| fault.role).collect();
                roles.sort();
                roles.dedup();
                roles.len()
            };
            assert_eq!(kills(&alone), 0);
            assert!(kills(&both) < 2);
        }
    }

    #[test]
    fn a_role_that_the_scenario_pauses_is_not_paused_by_a_fault() {
        let plan = planned(
            "Given the 'a' process opens\nAnd the 'b' process opens\nWhen the 'a' process is paused",
        );
        let faults = (0..500).flat_map(|seed| draw(seed, &plan));
        let paused: Vec<String> = faults
            .filter(|fault| matches!(fault.kind, FaultKind::Pause(_)))
            .map(|fault| fault.role)
            .collect();
        assert!(paused.contains(&"b".to_owned()) && !paused.contains(&"a".to_owned()));
    }
}
