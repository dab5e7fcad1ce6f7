//! The findings of a campaign, and the scores that follow from them.

use std::sync::Arc;
use std::time::Duration;

use super::change::Change;
use super::verdict::Verdict;
use crate::model::{Scenario, StepMatch, StepResult};

/// The verdict on one mutant.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The name of the mutant.
    pub id: String,
    /// The index of the original.
    pub original: usize,
    /// The index of the step that was changed or examined.
    pub step: usize,
    /// The change.
    pub change: Change,
    /// The verdict.
    pub verdict: Verdict,
}

/// A scenario that was not mutated.
#[derive(Debug, Clone)]
pub struct Excluded {
    /// The index of the original.
    pub original: usize,
    /// The reason.
    pub reason: String,
}

/// A finding that does not count: what a repeated step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Note<'a> {
    /// The name of the mutant.
    pub id: &'a str,
    /// True if a step noticed the repetition.
    pub is_noticed: bool,
}

/// The findings of a campaign.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    /// The scenarios as they are.
    pub originals: Vec<Arc<Scenario>>,
    /// The definition of each step of each original.
    pub definitions: Vec<Vec<Option<StepMatch>>>,
    /// The results of the steps of each original, from its first run.
    pub results: Vec<Vec<Arc<StepResult>>>,
    /// One for each mutant, in the order of the scenarios and their steps.
    pub findings: Vec<Finding>,
    /// The originals that were not mutated.
    pub excluded: Vec<Excluded>,
    /// The number of changed scenarios that ran.
    pub trials: usize,
    /// The duration of the campaign.
    pub duration: Duration,
    /// The seed of the order, if the campaign had a budget or a seed.
    pub seed: Option<u64>,
    /// The number of mutants that ran first because they were unnoticed or undecided before.
    pub preferred: usize,
    /// True if the campaign was interrupted, apart from the end of its budget.
    pub interrupted: bool,
}

/// The number of mutants by verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Score {
    /// Those that a step noticed.
    pub noticed: usize,
    /// Those that no step noticed.
    pub unnoticed: usize,
    /// Those that show neither.
    pub unclear: usize,
    /// Those that did not run.
    pub not_run: usize,
    /// Those that a mark excludes.
    pub skipped: usize,
}

impl Score {
    /// Returns the part of the decided mutants that was noticed, in percent; `None` if none was decided.
    pub fn percent(&self) -> Option<f64> {
        let decided = self.noticed + self.unnoticed;
        (decided > 0).then(|| self.noticed as f64 * 100.0 / decided as f64)
    }

    fn count(&mut self, verdict: &Verdict) {
        *match verdict {
            Verdict::Noticed { .. } => &mut self.noticed,
            Verdict::Unnoticed => &mut self.unnoticed,
            Verdict::CannotTell(_) => &mut self.unclear,
            Verdict::NotRun => &mut self.not_run,
            Verdict::Skipped(_) => &mut self.skipped,
        } += 1;
    }
}

impl Findings {
    /// Returns the score of the whole suite.
    pub fn score(&self) -> Score {
        let mut score = Score::default();
        self.counted().for_each(|finding| score.count(&finding.verdict));
        score
    }

    /// Returns the score of each feature file, in the order of the files.
    pub fn score_by_feature(&self) -> Vec<(Arc<str>, Score)> {
        self.score_by(|finding| Some(Arc::clone(&self.originals[finding.original].location.path)))
    }

    /// Returns the score of each step definition that has one, in the order of their first use.
    pub fn score_by_definition(&self) -> Vec<(&StepMatch, Score)> {
        self.score_by(|finding| self.definition(finding))
    }

    /// Returns the findings that no step noticed and that count.
    pub fn unnoticed(&self) -> impl Iterator<Item = &Finding> {
        self.counted().filter(|finding| finding.verdict == Verdict::Unnoticed)
    }

    /// Returns the findings on repeated steps, which do not count.
    pub fn notes(&self) -> impl Iterator<Item = Note<'_>> {
        self.findings.iter().filter(|finding| finding.change == Change::Repeat).map(|finding| {
            Note { id: &finding.id, is_noticed: matches!(finding.verdict, Verdict::Noticed { .. }) }
        })
    }

    /// Returns the definition of the step of a finding.
    pub fn definition(&self, finding: &Finding) -> Option<&StepMatch> {
        self.definitions.get(finding.original)?.get(finding.step)?.as_ref()
    }

    fn counted(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.change != Change::Repeat)
    }

    fn score_by<'a, K: PartialEq>(
        &'a self,
        key: impl Fn(&'a Finding) -> Option<K>,
    ) -> Vec<(K, Score)> {
        let mut scores: Vec<(K, Score)> = Vec::new();
        for finding in self.counted() {
            let Some(key) = key(finding) else { continue };
            let index = scores.iter().position(|(known, _)| *known == key).unwrap_or_else(|| {
                scores.push((key, Score::default()));
                scores.len() - 1
            });
            scores[index].1.count(&finding.verdict);
        }
        scores
    }
}
