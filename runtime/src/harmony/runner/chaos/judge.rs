//! The judgement of a step after faults: what a scenario may fail by.

use super::strikes::Strike;
use crate::harmony::plan::chaos::Survival;
use crate::harmony::process::error::Conduct;
use crate::harmony::protocol::step_response::decode::NO_REASON;
use crate::harmony::runner::step_outcome::StepOutcome;
use crate::model::Outcome;

/// Returns the fault that excuses the failure of a step: one that the scenario does not survive, after which
/// every process still responded in time and said what is wrong.
pub(super) fn excuse<'a>(
    outcome: &StepOutcome,
    strikes: &'a [Strike],
    survival: &Survival,
) -> Option<&'a Strike> {
    let failures = outcome.failures();
    let says_why = |outcome: &Outcome| match outcome {
        Outcome::Failed(failure) => !failure.message.is_empty() && failure.message != NO_REASON,
        // It exceeded the deadline that its own process gives it, or it was never run.
        _ => false,
    };
    let is_clear = !failures.is_empty()
        && says_why(&outcome.outcome)
        && failures
            .iter()
            .all(|answer| answer.conduct == Conduct::Responded && says_why(&answer.outcome));
    strikes.iter().filter(|_| is_clear).find(|strike| !survival.covers(&strike.fault))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::harmony::plan::chaos::{Fault, FaultKind};
    use crate::harmony::plan::label::ProcessLabel;
    use crate::harmony::runner::step_outcome::{ProcessAnswer, failure};
    use crate::model::{Location, Tag};

    fn step(outcome: Outcome, conduct: Conduct) -> StepOutcome {
        StepOutcome::from_answers(vec![ProcessAnswer {
            process: ProcessLabel::first("reader"),
            platform: "rust".to_owned(),
            outcome,
            conduct,
            started: Instant::now(),
            duration: Duration::ZERO,
            logs: Vec::new(),
        }])
    }

    fn error() -> Outcome {
        failure("the writer is dead".to_owned())
    }

    fn kill_of_writer() -> Strike {
        let (after, kind) = (Duration::ZERO, FaultKind::Kill);
        let fault = Fault { step: 0, after, role: "writer".to_owned(), kind };
        Strike { fault, pid: 1, at: Instant::now(), resumed_at: None }
    }

    fn is_excused(outcome: &StepOutcome, survival: &Survival) -> bool {
        excuse(outcome, &[kill_of_writer()], survival).is_some()
    }

    #[test]
    fn a_clear_error_after_a_fault_is_excused() {
        let none = Survival::default();
        let outcome = step(error(), Conduct::Responded);
        assert!(is_excused(&outcome, &none));
        assert!(excuse(&outcome, &[], &none).is_none(), "nothing has struck");
    }

    #[test]
    fn hangs_crashes_and_invalid_answers_are_not_excused() {
        for conduct in [Conduct::Silent, Conduct::Died, Conduct::Invalid, Conduct::NotAsked] {
            assert!(!is_excused(&step(error(), conduct), &Survival::default()), "{conduct:?}");
        }
        let late = Outcome::TimedOut { limit: Duration::from_secs(30) };
        assert!(!is_excused(&step(late, Conduct::Responded), &Survival::default()));
        let mute = failure(NO_REASON.to_owned());
        assert!(!is_excused(&step(mute, Conduct::Responded), &Survival::default()));
    }

    #[test]
    fn a_fault_that_the_scenario_survives_excuses_nothing() {
        let tag = Tag {
            name: "@survives(kill:writer)".to_owned(),
            location: Location::new("t.feature", 1, 1),
        };
        let survival = Survival::from_tags(&[tag], &[], &["writer".to_owned()]).unwrap();
        assert!(!is_excused(&step(error(), Conduct::Responded), &survival));
    }
}
