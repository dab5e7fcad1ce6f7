//! The verdict of a scenario in a combination of platforms.
//!
//! A step that a process of another implementation lacks or refuses is distinguished from one that
//! failed. Only the process's own words count for that, and a process of this implementation has no such
//! excuse.

use crate::model::Outcome;

/// Sentences by which a known serve refuses a step that the protocol allows.
const REFUSAL_MESSAGES: [&str; 2] =
    ["metadata_size must be positive", "THREAD_POOL mode is not yet implemented"];

/// The beginnings of a reason by which a serve declines a step.
const DECLINE_PREFIXES: [&str; 9] = [
    "skipped",
    "step skipped",
    "pending",
    "step pending",
    "not implemented",
    "step not implemented",
    "notimplementederror",
    "not supported",
    "step not supported",
];

/// The verdict of a scenario in a combination.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum CombinationVerdict {
    /// It was not started.
    #[default]
    NotRun,
    /// The run was stopped while it ran; the step.
    Stopped(String),
    /// Every step passed.
    Passed,
    /// A process of this implementation skipped it; the reason.
    Skipped(String),
    /// A process of another implementation lacks a step or refuses it; the reason.
    Unsupported(String),
    /// A step did not pass; the reason.
    Failed(String),
}

impl CombinationVerdict {
    /// Returns the verdict as the matrix prints it.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::NotRun => "not run",
            Self::Stopped(_) => "stopped",
            Self::Passed => "passed",
            Self::Skipped(_) => "skipped",
            Self::Unsupported(_) => "unsupported",
            Self::Failed(_) => "FAILED",
        }
    }

    /// Returns the reason of the verdict.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::NotRun | Self::Passed => None,
            Self::Stopped(reason)
            | Self::Skipped(reason)
            | Self::Unsupported(reason)
            | Self::Failed(reason) => Some(reason),
        }
    }

    /// Returns the verdict of a step, counted from 0, that did not pass, from the result in each process.
    /// Without a process it was the runner that failed.
    pub(in crate::harmony) fn of_step(
        step: usize,
        outcome: &Outcome,
        shares: &[ProcessShare<'_>],
    ) -> Self {
        let text = |reasons: &[String]| format!("step {}: {}", step + 1, reasons.join(", "));
        let failures: Vec<&ProcessShare<'_>> =
            shares.iter().filter(|s| !s.outcome.is_passed()).collect();
        let reasons: Option<Vec<String>> =
            failures.iter().map(|share| share.unsupported_reason()).collect();
        match reasons {
            _ if failures.is_empty() => Self::Failed(text(&[outcome.to_string()])),
            Some(reasons) if failures.iter().all(|share| share.is_own) => {
                Self::Skipped(text(&reasons))
            }
            Some(reasons) => Self::Unsupported(text(&reasons)),
            None if matches!(outcome, Outcome::Undefined { .. }) => {
                let lacking: Vec<String> =
                    failures.iter().map(|share| share.missing_step()).collect();
                Self::Failed(text(&lacking))
            }
            None => Self::Failed(text(&[outcome.to_string()])),
        }
    }
}

/// The result of a step in one process.
#[derive(Debug, Clone)]
pub(in crate::harmony) struct ProcessShare<'a> {
    /// The process with its platform.
    pub(in crate::harmony) label: String,
    /// True for a process of this implementation.
    pub(in crate::harmony) is_own: bool,
    pub(in crate::harmony) outcome: &'a Outcome,
}

impl ProcessShare<'_> {
    /// Returns the reason why a step that did not pass is not a failure of this process.
    fn unsupported_reason(&self) -> Option<String> {
        let label = &self.label;
        match self.outcome {
            Outcome::Skipped { reason } => {
                Some(format!("[{label}] skipped it: {}", reason.as_deref().unwrap_or("no reason")))
            }
            _ if self.is_own => None,
            Outcome::Undefined { .. } => Some(self.missing_step()),
            Outcome::Pending { reason } => Some(format!(
                "[{label}] has it pending: {}",
                reason.as_deref().unwrap_or("no reason")
            )),
            Outcome::Failed(failure) if is_refusal(&failure.message) => {
                Some(format!("[{label}] refuses it: {}", failure.message))
            }
            _ => None,
        }
    }

    fn missing_step(&self) -> String {
        format!("[{}] has no definition for this step", self.label)
    }
}

/// Returns whether a serve declines a step with this message.
fn is_refusal(message: &str) -> bool {
    let words = message.trim_start().to_ascii_lowercase();
    DECLINE_PREFIXES.iter().any(|decline| {
        // A word that only begins like that means something else.
        let rest = words.strip_prefix(decline);
        rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
    }) || REFUSAL_MESSAGES.iter().any(|refusal| message.contains(refusal))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Failure, FailureKind};

    fn failed(message: &str) -> Outcome {
        Failure::new(FailureKind::Error, message).into()
    }

    fn undefined() -> Outcome {
        Outcome::Undefined { suggestions: Vec::new(), snippet: String::new() }
    }

    /// Returns the verdict of a step that did not pass in these processes, `rust` or `peer`.
    fn verdict(shares: &[(&str, Outcome)]) -> CombinationVerdict {
        let all: Vec<ProcessShare<'_>> = shares
            .iter()
            .map(|(label, outcome)| ProcessShare {
                label: (*label).to_owned(),
                is_own: *label == "rust",
                outcome,
            })
            .collect();
        let worst = shares.iter().find(|(_, outcome)| !outcome.is_passed());
        let overall = worst.map_or_else(|| failed("the runner failed"), |(_, o)| o.clone());
        CombinationVerdict::of_step(0, &overall, &all)
    }

    #[test]
    fn a_step_that_a_peer_lacks_or_declines_is_unsupported() {
        for (outcome, reason) in [
            (undefined(), "[peer] has no definition for this step"),
            (Outcome::skip("no Windows"), "[peer] skipped it: no Windows"),
            (Outcome::pending("later"), "[peer] has it pending: later"),
            (failed("metadata_size must be positive"), "[peer] refuses it: metadata_size must"),
            (failed("Not supported: tables"), "[peer] refuses it: Not supported: tables"),
            (failed("Step skipped: why"), "[peer] refuses it: Step skipped"),
            (failed("skipped"), "[peer] refuses it: skipped"),
        ] {
            match verdict(&[("peer", outcome.clone())]) {
                CombinationVerdict::Unsupported(text) => {
                    assert!(text.starts_with(&format!("step 1: {reason}")), "{text}");
                }
                other => panic!("{outcome:?} gives {other:?}"),
            }
        }
    }

    #[test]
    fn other_words_of_a_peer_are_failures() {
        for message in [
            "protocol version 2 is not supported",
            "the frame was skipped",
            "skippedness expected",
            "pendingfoo",
            "wrong size",
        ] {
            let actual = verdict(&[("peer", failed(message))]);
            assert_eq!(actual, CombinationVerdict::Failed(format!("step 1: {message}")));
        }
        let late = Outcome::TimedOut { limit: std::time::Duration::from_millis(5) };
        assert!(matches!(verdict(&[("peer", late)]), CombinationVerdict::Failed(_)));
    }

    #[test]
    fn only_a_skip_excuses_an_own_process() {
        let skipped = verdict(&[("rust", Outcome::skip("no Windows"))]);
        assert_eq!(
            skipped,
            CombinationVerdict::Skipped("step 1: [rust] skipped it: no Windows".into())
        );
        for outcome in [
            undefined(),
            Outcome::pending("later"),
            failed("metadata_size must be positive"),
            failed("not implemented"),
        ] {
            assert!(matches!(verdict(&[("rust", outcome)]), CombinationVerdict::Failed(_)));
        }
    }

    #[test]
    fn a_failure_of_an_own_process_is_not_hidden_by_a_peer() {
        for (ours, theirs) in [
            (failed("wrong"), undefined()),
            (failed("wrong"), failed("metadata_size must be positive")),
            (undefined(), undefined()),
        ] {
            for shares in [
                [("rust", ours.clone()), ("peer", theirs.clone())],
                [("peer", theirs.clone()), ("rust", ours.clone())],
            ] {
                assert!(matches!(verdict(&shares), CombinationVerdict::Failed(_)), "{shares:?}");
            }
        }
        let mixed = verdict(&[("rust", Outcome::skip("x")), ("peer", undefined())]);
        assert!(
            matches!(mixed, CombinationVerdict::Unsupported(reason) if reason.contains("[rust] skipped"))
        );
        let fine = verdict(&[("rust", Outcome::Passed), ("peer", undefined())]);
        assert!(matches!(fine, CombinationVerdict::Unsupported(_)));
    }

    #[test]
    fn a_failure_of_the_runner_is_failed() {
        assert_eq!(
            verdict(&[]),
            CombinationVerdict::Failed("step 1: the runner failed".to_owned())
        );
        let passed = verdict(&[("peer", Outcome::Passed)]);
        assert!(matches!(passed, CombinationVerdict::Failed(_)));
    }
}
