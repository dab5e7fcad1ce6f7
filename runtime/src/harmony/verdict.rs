//! What became of a scenario in a combination, and whose doing it was.
//!
//! What a process of another implementation lacks or refuses is told apart from what failed. Only
//! that process's own words excuse it, and nothing excuses a process of ours.

use crate::model::Outcome;

/// Sentences by which a known serve refuses what the wire allows.
const REFUSALS: [&str; 2] =
    ["metadata_size must be positive", "THREAD_POOL mode is not yet implemented"];

/// How a reason begins by which a serve says that it does not play a step.
const DECLINES: [&str; 9] = [
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

/// What became of a scenario in a combination.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Verdict {
    /// Its turn never came.
    #[default]
    NotPlayed,
    /// The run was stopped while it was played; in which step.
    Stopped(String),
    /// Every step passed.
    Passed,
    /// A process of ours skipped it; why.
    Skipped(String),
    /// A process of another implementation lacks a step or refuses it by its own limits; why.
    PeerCannot(String),
    /// A step did not pass; why.
    Failed(String),
}

impl Verdict {
    /// The verdict in a word or two, as the matrix prints it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::NotPlayed => "not played",
            Self::Stopped(_) => "stopped",
            Self::Passed => "passed",
            Self::Skipped(_) => "skipped",
            Self::PeerCannot(_) => "peer cannot",
            Self::Failed(_) => "FAILED",
        }
    }

    /// Why it is no other.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::NotPlayed | Self::Passed => None,
            Self::Stopped(reason)
            | Self::Skipped(reason)
            | Self::PeerCannot(reason)
            | Self::Failed(reason) => Some(reason),
        }
    }

    /// The verdict of a step, counted from 0, that did not pass as a whole, by what each process made
    /// of it. Without a process it is the runner's own doing.
    pub(super) fn of_step(step: usize, outcome: &Outcome, shares: &[Share<'_>]) -> Self {
        let told = |reasons: &[String]| format!("step {}: {}", step + 1, reasons.join(", "));
        let bad: Vec<&Share<'_>> = shares.iter().filter(|s| !s.outcome.is_passed()).collect();
        let excuses: Option<Vec<String>> = bad.iter().map(|share| share.excuse()).collect();
        match excuses {
            _ if bad.is_empty() => Self::Failed(told(&[outcome.to_string()])),
            Some(excuses) if bad.iter().all(|share| share.is_own) => Self::Skipped(told(&excuses)),
            Some(excuses) => Self::PeerCannot(told(&excuses)),
            None if matches!(outcome, Outcome::Undefined { .. }) => {
                let lacking: Vec<String> = bad.iter().map(|share| share.lacks()).collect();
                Self::Failed(told(&lacking))
            }
            None => Self::Failed(told(&[outcome.to_string()])),
        }
    }
}

/// What one process made of a step.
#[derive(Debug, Clone)]
pub(super) struct Share<'a> {
    /// The process with its platform.
    pub(super) who: String,
    /// Whether it is a process of this implementation.
    pub(super) is_own: bool,
    pub(super) outcome: &'a Outcome,
}

impl Share<'_> {
    /// Why a step that did not pass is no failure of this process.
    fn excuse(&self) -> Option<String> {
        let who = &self.who;
        match self.outcome {
            Outcome::Skipped { reason } => {
                Some(format!("[{who}] skipped it: {}", reason.as_deref().unwrap_or("no reason")))
            }
            _ if self.is_own => None,
            Outcome::Undefined { .. } => Some(self.lacks()),
            Outcome::Pending { reason } => Some(format!(
                "[{who}] has it pending: {}",
                reason.as_deref().unwrap_or("no reason")
            )),
            Outcome::Failed(failure) if is_refusal(&failure.message) => {
                Some(format!("[{who}] refuses it: {}", failure.message))
            }
            _ => None,
        }
    }

    fn lacks(&self) -> String {
        format!("[{}] has no definition for this step", self.who)
    }
}

/// Whether a serve says with these words that it does not play what it was asked for.
fn is_refusal(message: &str) -> bool {
    let words = message.trim_start().to_ascii_lowercase();
    DECLINES.iter().any(|decline| {
        // A word that only begins like that says something else.
        let rest = words.strip_prefix(decline);
        rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
    }) || REFUSALS.iter().any(|refusal| message.contains(refusal))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Failure, FailureKind};

    fn failed(message: &str) -> Outcome {
        Failure::new(FailureKind::Error, message).into()
    }

    fn undefined() -> Outcome {
        Outcome::Undefined { near: Vec::new(), snippet: String::new() }
    }

    /// The verdict of a step that went to these, `rust` or `peer`, and did not pass.
    fn verdict(shares: &[(&str, Outcome)]) -> Verdict {
        let all: Vec<Share<'_>> = shares
            .iter()
            .map(|(who, outcome)| Share { who: (*who).to_owned(), is_own: *who == "rust", outcome })
            .collect();
        let worst = shares.iter().find(|(_, outcome)| !outcome.is_passed());
        let overall = worst.map_or_else(|| failed("the runner's own"), |(_, o)| o.clone());
        Verdict::of_step(0, &overall, &all)
    }

    #[test]
    fn what_a_peer_lacks_refuses_or_skips_is_not_failed() {
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
                Verdict::PeerCannot(told) => {
                    assert!(told.starts_with(&format!("step 1: {reason}")), "{told}");
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
            let told = verdict(&[("peer", failed(message))]);
            assert_eq!(told, Verdict::Failed(format!("step 1: {message}")));
        }
        let late = Outcome::TimedOut { limit: std::time::Duration::from_millis(5) };
        assert!(matches!(verdict(&[("peer", late)]), Verdict::Failed(_)));
    }

    #[test]
    fn nothing_but_a_skip_excuses_our_own() {
        let skipped = verdict(&[("rust", Outcome::skip("no Windows"))]);
        assert_eq!(skipped, Verdict::Skipped("step 1: [rust] skipped it: no Windows".into()));
        for outcome in [
            undefined(),
            Outcome::pending("later"),
            failed("metadata_size must be positive"),
            failed("not implemented"),
        ] {
            assert!(matches!(verdict(&[("rust", outcome)]), Verdict::Failed(_)));
        }
    }

    #[test]
    fn a_failure_of_ours_is_not_hidden_behind_a_peer() {
        for (ours, theirs) in [
            (failed("wrong"), undefined()),
            (failed("wrong"), failed("metadata_size must be positive")),
            (undefined(), undefined()),
        ] {
            for shares in [
                [("rust", ours.clone()), ("peer", theirs.clone())],
                [("peer", theirs.clone()), ("rust", ours.clone())],
            ] {
                assert!(matches!(verdict(&shares), Verdict::Failed(_)), "{shares:?}");
            }
        }
        let mixed = verdict(&[("rust", Outcome::skip("x")), ("peer", undefined())]);
        assert!(matches!(mixed, Verdict::PeerCannot(reason) if reason.contains("[rust] skipped")));
        let fine = verdict(&[("rust", Outcome::Passed), ("peer", undefined())]);
        assert!(matches!(fine, Verdict::PeerCannot(_)));
    }

    #[test]
    fn what_the_runner_could_not_do_is_failed() {
        assert_eq!(verdict(&[]), Verdict::Failed("step 1: the runner's own".to_owned()));
        let passed = verdict(&[("peer", Outcome::Passed)]);
        assert!(matches!(passed, Verdict::Failed(_)));
    }
}
