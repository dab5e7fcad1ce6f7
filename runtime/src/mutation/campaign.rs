//! A campaign: originals twice, then every mutant, then what may decide the rest.
//!
//! Most mutants are decided within short deadlines. Those whose steps wait for something that does not come
//! run once more with the deadlines of a usual run, many at a time since they do nothing but wait.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::change::Change;
use super::findings::{Excluded, Finding, Findings};
use super::order::order;
use super::probes::probes;
use super::progress::{Progress, Round};
use super::trial::{Mutant, Trial};
use super::trial_result::TrialResult;
use super::trial_runner::{TrialBatch, TrialRunner};
use super::verdict::Verdict;
use crate::model::{Event, Scenario, StepResult, StopFlag};

/// Factor between the duration of an original and the timeout of each step of its mutants.
const TIMEOUT_FACTOR: u32 = 5;

/// Options of a campaign.
#[derive(Debug, Clone)]
pub struct CampaignOptions {
    /// The shortest timeout of a step of a mutant on its first run.
    pub min_timeout: Duration,
    /// The timeout of a step of a mutant that exceeded its timeout on its first run.
    pub step_timeout: Duration,
    /// The time after which no further mutant starts, counted from the start of the campaign.
    pub budget: Option<Duration>,
    /// The seed of a random order.
    pub seed: Option<u64>,
    /// The ids of mutants that run first.
    pub first: HashSet<String>,
}

/// A campaign over these scenarios.
#[derive(Debug)]
pub struct Campaign {
    originals: Vec<Arc<Scenario>>,
    mutants: Vec<Mutant>,
    options: CampaignOptions,
    started: Instant,
    trials: usize,
    /// The duration of each original that passed.
    durations: Vec<Option<Duration>>,
    excluded: Vec<Excluded>,
    results: Vec<Vec<Arc<StepResult>>>,
    /// The verdict on each mutant so far, and the number of its trials that have run.
    verdicts: Vec<(Verdict, usize)>,
    /// The trials in which a step exceeded its deadline, with the names of their mutants.
    late: Vec<(String, Trial)>,
    /// The steps that have failed in a trial, with the failure, by the index of the original.
    failed: HashMap<(usize, usize), String>,
}

impl Campaign {
    /// Prepares a campaign of these mutants.
    pub fn new(
        originals: Vec<Arc<Scenario>>,
        mutants: Vec<Mutant>,
        options: CampaignOptions,
    ) -> Self {
        Self {
            started: Instant::now(),
            late: Vec::new(),
            trials: 0,
            durations: vec![None; originals.len()],
            excluded: Vec::new(),
            results: vec![Vec::new(); originals.len()],
            verdicts: mutants.iter().map(|mutant| (first_verdict(mutant), 0)).collect(),
            failed: HashMap::new(),
            originals,
            mutants,
            options,
        }
    }

    /// Runs the campaign.
    ///
    /// # Errors
    /// Returns an error if the system refuses a thread.
    pub fn run(
        mut self,
        runner: &mut dyn TrialRunner,
        progress: &mut dyn FnMut(Progress),
    ) -> io::Result<Findings> {
        self.run_originals(runner, progress)?;
        self.run_mutants(runner, progress)?;
        self.run_late(runner, progress)?;
        self.run_probes(runner, progress)?;
        Ok(self.into_findings(runner.is_interrupted()))
    }

    /// Runs every original twice. One that does not pass both times is not mutated.
    fn run_originals(
        &mut self,
        runner: &mut dyn TrialRunner,
        progress: &mut dyn FnMut(Progress),
    ) -> io::Result<()> {
        let used: HashSet<usize> =
            self.mutants.iter().flat_map(|m| &m.trials).map(|trial| trial.original).collect();
        let numbers: Vec<usize> =
            (0..self.originals.len()).filter(|number| used.contains(number)).collect();
        let controls = || numbers.iter().map(|&n| Trial::control(n, &self.originals[n]));
        let trials = controls().chain(controls()).map(|trial| (trial, None)).collect();
        let results = self.run_batch(Round::Originals, trials, runner, progress)?;
        let (first, second) = results.split_at(numbers.len());
        for ((number, first), second) in numbers.iter().zip(first).zip(second) {
            self.results[*number].clone_from(&first.steps);
            let reason = match (first.is_passed(), second.is_passed()) {
                (true, true) => {
                    self.durations[*number] = Some(first.duration.max(second.duration));
                    continue;
                }
                (false, false) => format!("does not pass: {}", first.reason()),
                (true, false) => format!("flaky: passed once, then {}", second.reason()),
                (false, true) => format!("flaky: {}, then passed", first.reason()),
            };
            self.excluded.push(Excluded { original: *number, reason });
        }
        self.trials = 0;
        self.drop_excluded();
        Ok(())
    }

    /// Runs the first trial of every mutant, and then the others of those that no step has noticed.
    fn run_mutants(
        &mut self,
        runner: &mut dyn TrialRunner,
        progress: &mut dyn FnMut(Progress),
    ) -> io::Result<()> {
        self.run_of_mutants(
            |mutant| mutant.trials.iter().take(1).collect(),
            Round::Mutants,
            runner,
            progress,
        )?;
        self.run_of_mutants(
            |mutant| mutant.trials.iter().skip(1).collect(),
            Round::FurtherTrials,
            runner,
            progress,
        )
    }

    fn run_of_mutants(
        &mut self,
        choose: impl Fn(&Mutant) -> Vec<&Trial>,
        round: Round,
        runner: &mut dyn TrialRunner,
        progress: &mut dyn FnMut(Progress),
    ) -> io::Result<()> {
        let mut chosen: Vec<(Option<usize>, Trial)> = Vec::new();
        for number in order(&self.mutants, self.options.seed, &self.options.first) {
            let is_open = !matches!(self.verdicts[number].0, Verdict::Noticed { .. });
            if is_open && self.mutants[number].skipped.is_none() {
                let trials = choose(&self.mutants[number]);
                chosen.extend(trials.into_iter().map(|trial| (Some(number), trial.clone())));
            }
        }
        if round == Round::Mutants {
            // Behind the mutants, at the highest load and after everything that they leave behind.
            let passed = (0..self.originals.len()).filter(|&n| self.durations[n].is_some());
            chosen.extend(passed.map(|n| (None, Trial::control(n, &self.originals[n]))));
        }
        let trials =
            chosen.iter().map(|(_, trial)| (trial.clone(), self.limit_of(trial))).collect();
        let results = self.run_batch(round, trials, runner, progress)?;
        for ((number, trial), result) in chosen.iter().zip(&results) {
            match number {
                Some(number) => {
                    self.record(*number, trial, result);
                    if result.is_timed_out() {
                        let id = self.mutants[*number].id.clone();
                        self.late.push((id, trial.clone()));
                    }
                }
                None if result.is_finished && !result.is_passed() => {
                    if let Verdict::NotRun = result.verdict(trial) {
                        continue;
                    }
                    let reason = format!("flaky: failed among its mutants: {}", result.reason());
                    self.excluded.push(Excluded { original: trial.original, reason });
                }
                None => {}
            }
        }
        self.drop_excluded();
        Ok(())
    }

    /// Runs those trials again in which a step exceeded its deadline, with the deadlines of a usual run.
    fn run_late(
        &mut self,
        runner: &mut dyn TrialRunner,
        progress: &mut dyn FnMut(Progress),
    ) -> io::Result<()> {
        let late = self.take_late();
        // More scenarios run at a time than before, so that an original may fail because of it.
        let originals: BTreeSet<usize> = late.iter().map(|(_, trial)| trial.original).collect();
        let controls = originals.iter().map(|&n| Trial::control(n, &self.originals[n]));
        let limit = Some(self.options.step_timeout);
        let trials = late.iter().map(|(_, trial)| trial.clone()).chain(controls);
        let trials = trials.map(|trial| (trial, limit)).collect();
        let results = self.run_batch(Round::Waiting, trials, runner, progress)?;
        let (results, controls) = results.split_at(late.len());
        let is_reliable = |original: usize| {
            let control = originals.iter().zip(controls).find(|(number, _)| **number == original);
            control.is_some_and(|(_, control)| control.is_passed())
        };
        for ((number, trial), result) in late.iter().zip(results) {
            if is_reliable(trial.original) {
                self.record_failed_step(trial, result);
                let verdict = result.verdict(trial);
                if let (Verdict::CannotTell(_), Verdict::CannotTell(_)) =
                    (&self.verdicts[*number].0, &verdict)
                {
                    // The longer deadline is the reason now.
                    self.verdicts[*number].0 = verdict;
                } else {
                    self.add_verdict(*number, verdict);
                }
            }
        }
        Ok(())
    }

    /// Returns the trials in which a step exceeded its deadline and that may still decide their mutant, with
    /// its number.
    fn take_late(&mut self) -> Vec<(usize, Trial)> {
        let late = std::mem::take(&mut self.late);
        let numbers: HashMap<&str, usize> =
            self.mutants.iter().map(|mutant| mutant.id.as_str()).zip(0..).collect();
        let may_decide = |number: usize, trial: &Trial| {
            let is_open = !matches!(self.verdicts[number].0, Verdict::Noticed { .. });
            // The original may have been excluded since.
            let mut kept = self.mutants[number].trials.iter();
            is_open
                && kept.any(|kept| kept.original == trial.original)
                && self.limit_of(trial).is_some_and(|limit| limit < self.options.step_timeout)
        };
        let late = late.into_iter().filter_map(|(id, trial)| {
            let number = *numbers.get(id.as_str())?;
            may_decide(number, &trial).then_some((number, trial))
        });
        late.collect()
    }

    /// Runs those Thens alone that have not failed in any trial.
    fn run_probes(
        &mut self,
        runner: &mut dyn TrialRunner,
        progress: &mut dyn FnMut(Progress),
    ) -> io::Result<()> {
        let mut chosen: Vec<(usize, Trial)> = Vec::new();
        for (number, mutant) in self.mutants.iter().enumerate() {
            let has_failed = self.failed.contains_key(&(mutant.original, mutant.step));
            if mutant.change == Change::SeenToFail && mutant.skipped.is_none() && !has_failed {
                let scenario = &self.originals[mutant.original];
                let trials = probes(mutant.original, scenario, mutant.step, &self.mutants);
                chosen.extend(trials.into_iter().map(|trial| (number, trial)));
            }
        }
        let limit = Some(self.options.step_timeout);
        let trials = chosen.iter().map(|(_, trial)| (trial.clone(), limit)).collect();
        let results = self.run_batch(Round::Probes, trials, runner, progress)?;
        let mut incomplete = HashSet::new();
        for ((number, trial), result) in chosen.iter().zip(&results) {
            self.record_failed_step(trial, result);
            if result.verdict(trial) == Verdict::NotRun {
                incomplete.insert(*number);
            }
        }
        let is_over = self.is_over(runner);
        for (number, mutant) in self.mutants.iter().enumerate() {
            if mutant.change == Change::SeenToFail && mutant.skipped.is_none() {
                let failure = self.failed.get(&(mutant.original, mutant.step));
                self.verdicts[number].0 = match failure {
                    Some(failure) => {
                        Verdict::Noticed { by: Some(mutant.step), failure: failure.clone() }
                    }
                    None if is_over || incomplete.contains(&number) => Verdict::NotRun,
                    None => Verdict::Unnoticed,
                };
            }
        }
        Ok(())
    }

    /// Runs trials until they have ended or the budget is used up; returns the result of each.
    fn run_batch(
        &mut self,
        round: Round,
        trials: Vec<(Trial, Option<Duration>)>,
        runner: &mut dyn TrialRunner,
        progress: &mut dyn FnMut(Progress),
    ) -> io::Result<Vec<TrialResult>> {
        let mut results = vec![TrialResult::default(); trials.len()];
        // Without the originals no mutant has a verdict, so that they always run.
        let is_first = round == Round::Originals;
        if trials.is_empty() || (self.is_over(runner) && !is_first) {
            return Ok(results);
        }
        let total = trials.len();
        let mut finished = 0;
        let stop = StopFlag::default();
        let (started, budget) = (self.started, self.options.budget);
        let mut sink = |event: &Event| {
            let of_trial = TrialResult::number_of(event);
            if let Some(result) = of_trial.and_then(|number| results.get_mut(number)) {
                result.add(event);
            }
            finished += usize::from(matches!(event, Event::ScenarioFinished { .. }));
            progress(Progress { finished, total, round });
            if !is_first && budget.is_some_and(|budget| started.elapsed() >= budget) {
                stop.set();
            }
        };
        let mostly_waits = matches!(round, Round::Waiting | Round::Probes);
        let batch = TrialBatch { trials, mostly_waits };
        runner.run(&batch, &stop, &mut sink)?;
        self.trials += results.iter().filter(|result| result.is_finished).count();
        Ok(results)
    }

    fn is_over(&self, runner: &dyn TrialRunner) -> bool {
        let is_used_up = self.options.budget.is_some_and(|b| self.started.elapsed() >= b);
        is_used_up || runner.is_interrupted()
    }

    fn record(&mut self, number: usize, trial: &Trial, result: &TrialResult) {
        self.record_failed_step(trial, result);
        let verdict = result.verdict(trial);
        self.verdicts[number].1 += usize::from(verdict != Verdict::NotRun);
        self.add_verdict(number, verdict);
    }

    fn add_verdict(&mut self, number: usize, verdict: Verdict) {
        let before = &mut self.verdicts[number].0;
        *before = std::mem::replace(before, Verdict::NotRun).or(verdict);
    }

    fn record_failed_step(&mut self, trial: &Trial, result: &TrialResult) {
        if let Some(step) = result.failed_step(trial) {
            self.failed.entry((trial.original, step)).or_insert_with(|| result.reason());
        }
    }

    fn limit_of(&self, trial: &Trial) -> Option<Duration> {
        let duration = self.durations[trial.original]?;
        Some(duration.saturating_mul(TIMEOUT_FACTOR).max(self.options.min_timeout))
    }

    /// Removes the trials of excluded originals, and mutants that are left without any.
    fn drop_excluded(&mut self) {
        let excluded: HashSet<usize> = self.excluded.iter().map(|e| e.original).collect();
        let mutants = std::mem::take(&mut self.mutants);
        let verdicts = std::mem::take(&mut self.verdicts);
        for (mut mutant, verdict) in mutants.into_iter().zip(verdicts) {
            mutant.trials.retain(|trial| !excluded.contains(&trial.original));
            if excluded.contains(&mutant.original) {
                let Some(other) = mutant.trials.first() else { continue };
                mutant.original = other.original;
            }
            self.mutants.push(mutant);
            self.verdicts.push(verdict);
        }
    }

    fn into_findings(self, interrupted: bool) -> Findings {
        let first = &self.options.first;
        let preferred = self.mutants.iter().filter(|mutant| first.contains(&mutant.id)).count();
        let findings =
            self.mutants.into_iter().zip(self.verdicts).map(|(mutant, (verdict, ran))| {
                let Mutant { id, original, step, change, trials, .. } = mutant;
                // A trial that did not run might have noticed the change.
                let is_open = matches!(verdict, Verdict::Unnoticed | Verdict::CannotTell(_));
                let verdict = if is_open && ran < trials.len() { Verdict::NotRun } else { verdict };
                Finding { id, original, step, change, verdict }
            });
        Findings {
            findings: findings.collect(),
            definitions: Vec::new(),
            originals: self.originals,
            results: self.results,
            excluded: self.excluded,
            trials: self.trials,
            duration: self.started.elapsed(),
            seed: self.options.seed,
            preferred,
            interrupted,
        }
    }
}

fn first_verdict(mutant: &Mutant) -> Verdict {
    match &mutant.skipped {
        Some(reason) => Verdict::Skipped(reason.clone()),
        None if mutant.trials.is_empty() && mutant.change != Change::SeenToFail => {
            Verdict::CannotTell("the definition matches no other value".to_owned())
        }
        None => Verdict::NotRun,
    }
}
