//! Verdicts on mutants.

/// The verdict on a mutant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// A step failed because of the change.
    Noticed {
        /// The index in the original of the step that failed; `None` if the end of the scenario failed.
        by: Option<usize>,
        /// The failure, in one line.
        failure: String,
    },
    /// Every step passed.
    Unnoticed,
    /// The run shows neither.
    CannotTell(String),
    /// The mutant did not run: the budget was used up, or the run was interrupted.
    NotRun,
    /// A mark excludes it, for this reason.
    Skipped(String),
}

impl Verdict {
    /// Returns the verdict as reports print it.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Noticed { .. } => "noticed",
            Self::Unnoticed => "unnoticed",
            Self::CannotTell(_) => "cannot tell",
            Self::NotRun => "not run",
            Self::Skipped(_) => "skipped",
        }
    }

    /// Returns the verdict of two runs of which one is enough to notice the change.
    #[must_use]
    pub(super) fn or(self, other: Self) -> Self {
        let rank = |verdict: &Self| match verdict {
            Self::Noticed { .. } => 0,
            Self::Unnoticed => 1,
            Self::CannotTell(_) => 2,
            Self::NotRun => 3,
            Self::Skipped(_) => 4,
        };
        if rank(&other) < rank(&self) { other } else { self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_noticed_run_is_enough() {
        let noticed = Verdict::Noticed { by: Some(1), failure: "no".to_owned() };
        assert_eq!(Verdict::Unnoticed.or(noticed.clone()), noticed);
        assert_eq!(noticed.clone().or(Verdict::Unnoticed), noticed);
    }

    #[test]
    fn run_that_shows_nothing_does_not_hide_an_unnoticed_one() {
        let unclear = Verdict::CannotTell("timed out".to_owned());
        assert_eq!(unclear.clone().or(Verdict::Unnoticed), Verdict::Unnoticed);
        assert_eq!(Verdict::NotRun.or(unclear.clone()), unclear);
    }
}
