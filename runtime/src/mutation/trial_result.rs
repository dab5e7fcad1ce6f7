//! The result of a trial, collected from the events of its run, and what it shows.

use std::sync::Arc;
use std::time::Duration;

use super::trial::Trial;
use super::verdict::Verdict;
use crate::model::{Event, Failure, FailureKind, Outcome, StepResult};
use crate::text::single_line;

/// Maximum length of a failure in a verdict.
const MAX_FAILURE_CHARS: usize = 160;

/// The result of one trial.
#[derive(Debug, Clone, Default)]
pub(super) struct TrialResult {
    /// The results of the steps that have one.
    pub(super) steps: Vec<Arc<StepResult>>,
    /// The first failure of a hook or of the end of the scenario.
    hook_failure: Option<Arc<Failure>>,
    pub(super) duration: Duration,
    pub(super) is_finished: bool,
}

impl TrialResult {
    /// Returns the number of the trial of an event that [`add`](Self::add) takes.
    pub(super) fn number_of(event: &Event) -> Option<usize> {
        match event {
            Event::StepFinished { number, .. }
            | Event::HookFailed { number, .. }
            | Event::ScenarioFinished { number, .. } => Some(*number),
            _ => None,
        }
    }

    /// Adds an event of this trial.
    pub(super) fn add(&mut self, event: &Event) {
        match event {
            Event::StepFinished { result, .. } => self.steps.push(Arc::clone(result)),
            Event::HookFailed { failure, .. } if self.hook_failure.is_none() => {
                self.hook_failure = Some(Arc::clone(failure));
            }
            Event::ScenarioFinished { duration, .. } => {
                self.duration = *duration;
                self.is_finished = true;
            }
            _ => {}
        }
    }

    /// Returns true if every step passed and nothing around them failed.
    pub(super) fn is_passed(&self) -> bool {
        self.is_finished
            && self.hook_failure.is_none()
            && self.steps.iter().all(|result| result.outcome.is_passed())
    }

    /// Returns the reason why it did not pass, in one line.
    pub(super) fn reason(&self) -> String {
        let step = self.steps.iter().find(|result| !result.outcome.is_passed());
        match (step, &self.hook_failure) {
            (Some(result), _) => one_line(&result.outcome.to_string()),
            (None, Some(failure)) => one_line(&failure.to_string()),
            (None, None) => "did not run".to_owned(),
        }
    }

    /// Returns the index in the original of the step that failed, if one did.
    pub(super) fn failed_step(&self, trial: &Trial) -> Option<usize> {
        let index = self.steps.iter().position(|result| !result.outcome.is_passed())?;
        let is_failure = matches!(&self.steps[index].outcome, Outcome::Failed(_));
        trial.steps.get(index).copied().filter(|_| is_failure)
    }

    /// Returns true if a step exceeded its deadline, so that with more time it may notice the change.
    pub(super) fn is_timed_out(&self) -> bool {
        let decides = self.steps.iter().find(|result| !result.outcome.is_passed());
        decides.is_some_and(|result| matches!(result.outcome, Outcome::TimedOut { .. }))
    }

    /// Returns whether a step noticed the change of `trial`.
    pub(super) fn verdict(&self, trial: &Trial) -> Verdict {
        if !self.is_finished {
            return Verdict::NotRun;
        }
        let Some(index) = self.steps.iter().position(|result| !result.outcome.is_passed()) else {
            return match &self.hook_failure {
                Some(failure) => Verdict::Noticed { by: None, failure: one_line(&failure.message) },
                None => Verdict::Unnoticed,
            };
        };
        let outcome = &self.steps[index].outcome;
        if matches!(outcome, Outcome::Skipped { reason: Some(reason) } if reason.contains("stopped"))
        {
            return Verdict::NotRun;
        }
        if index < trial.changed_at {
            return Verdict::CannotTell(format!(
                "a step before the change failed: {}",
                one_line(&outcome.to_string())
            ));
        }
        match outcome {
            // The change never reached the code of the step.
            Outcome::Failed(failure) if failure.kind == FailureKind::Argument => {
                Verdict::CannotTell(format!(
                    "the step does not accept it: {}",
                    one_line(&failure.message)
                ))
            }
            Outcome::Failed(failure) => Verdict::Noticed {
                by: trial.steps.get(index).copied(),
                failure: one_line(&failure.message),
            },
            other => Verdict::CannotTell(one_line(&other.to_string())),
        }
    }
}

/// Returns the first line of a text, without control characters.
fn one_line(text: &str) -> String {
    let line = single_line(text.lines().next().unwrap_or_default()).into_owned();
    match line.char_indices().nth(MAX_FAILURE_CHARS) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gherkin;

    /// The verdict on a trial of three steps that is changed at the second one, with these outcomes.
    fn verdict(outcomes: &[Outcome]) -> Verdict {
        let text = "Feature: f\n Scenario: s\n  Given a\n  When b\n  Then c\n";
        let document = gherkin::parse("t.feature", text).unwrap();
        let scenario = Arc::new(gherkin::scenarios(&document).remove(0));
        let trial = Trial { changed_at: 1, ..Trial::control(0, &scenario) };
        let mut result = TrialResult::default();
        for (step, outcome) in outcomes.iter().enumerate() {
            let step_result = Arc::new(StepResult::instant(outcome.clone(), Duration::ZERO));
            result.add(&Event::StepFinished { number: 0, step, result: step_result });
        }
        result.add(&Event::ScenarioFinished {
            number: 0,
            duration: Duration::ZERO,
            retried: false,
            interrupted: false,
        });
        result.verdict(&trial)
    }

    fn failed(kind: FailureKind) -> Outcome {
        Failure::new(kind, "no").into()
    }

    #[test]
    fn failure_behind_the_change_notices_it() {
        let noticed = |step| Verdict::Noticed { by: Some(step), failure: "no".to_owned() };
        let (passed, failed) = (Outcome::Passed, failed(FailureKind::Error));
        assert_eq!(verdict(&[passed.clone(), failed.clone()]), noticed(1));
        assert_eq!(verdict(&[passed.clone(), passed.clone(), failed]), noticed(2));
        assert_eq!(verdict(&[passed.clone(), passed.clone(), passed]), Verdict::Unnoticed);
    }

    #[test]
    fn failure_before_the_change_shows_nothing() {
        let verdict = verdict(&[failed(FailureKind::Panic)]);
        assert!(matches!(verdict, Verdict::CannotTell(_)), "{verdict:?}");
    }

    #[test]
    fn timeout_and_refused_value_show_nothing() {
        let late = Outcome::TimedOut { limit: Duration::from_secs(1) };
        for outcome in [late, failed(FailureKind::Argument), Outcome::skip("no hardware")] {
            let verdict = verdict(&[Outcome::Passed, outcome]);
            assert!(matches!(verdict, Verdict::CannotTell(_)), "{verdict:?}");
        }
    }

    #[test]
    fn stopped_run_is_not_a_run() {
        let stopped = Outcome::skip("the run was stopped");
        assert_eq!(verdict(std::slice::from_ref(&stopped)), Verdict::NotRun);
        assert_eq!(verdict(&[Outcome::Passed, stopped]), Verdict::NotRun);
    }
}
