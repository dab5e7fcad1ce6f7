//! The execution of a fault plan in one scenario, between and during its steps.
//!
//! A fault has its own thread, since the scenario's thread waits for responses.

use std::sync::Arc;
use std::thread::{self, JoinHandle};

use super::counts::FaultCounts;
use super::judge::excuse;
use super::strikes::{Strike, Strikes};
use crate::harmony::plan::chaos::{Fault, FaultKind, FaultPlan};
use crate::harmony::plan::label::ProcessLabel;
use crate::harmony::plan::target::Target;
use crate::harmony::process::error::ProcessError;
use crate::harmony::process::exit::Exit;
use crate::harmony::process::pool::ProcessPool;
use crate::harmony::process::scenario_context::ScenarioContext;
use crate::harmony::runner::step_outcome::{StepOutcome, failure};
use crate::model::{LogLevel, Outcome, ProcessChangeKind, Step};
use crate::text::format_duration;

/// The words of errors about a process that a fault killed.
const HOW: &str = "killed by a fault";

/// Lets the faults of a plan strike.
pub(in crate::harmony::runner) struct FaultInjector<'a> {
    plan: &'a FaultPlan,
    counts: &'a FaultCounts,
    strikes: Arc<Strikes>,
    threads: Vec<JoinHandle<()>>,
    /// The processes that a fault killed, and that no step has replaced.
    dead: Vec<ProcessLabel>,
    /// The number of strikes whose effect has been handled.
    handled: usize,
    /// A sentence for each strike that no step has logged.
    unlogged: Vec<String>,
}

impl<'a> FaultInjector<'a> {
    pub(in crate::harmony::runner) fn new(plan: &'a FaultPlan, counts: &'a FaultCounts) -> Self {
        let (strikes, threads, dead) = Default::default();
        Self { plan, counts, strikes, threads, dead, handled: 0, unlogged: Vec::new() }
    }

    /// Waits until all processes are ready, so that faults strike in steps and not in the start. The step
    /// that needs a process reports the reason why it is not.
    pub(in crate::harmony::runner) fn wait_for_start(
        &self,
        pool: &mut ProcessPool<'_>,
        context: &ScenarioContext<'_>,
    ) {
        for (_, client) in pool.running() {
            let _ = client.ready(context);
        }
    }

    /// Lets the faults before the step strike, and starts the clocks of those within it. Returns why the
    /// step cannot be executed: its process is dead.
    pub(in crate::harmony::runner) fn begin_step(
        &mut self,
        index: usize,
        step: &Step,
        target: &Target,
        pool: &mut ProcessPool<'_>,
        context: &ScenarioContext<'_>,
    ) -> Option<String> {
        for fault in self.plan.faults.iter().filter(|fault| fault.step == index) {
            self.begin(fault, pool, context);
        }
        self.strikes.wait_for_those_before();
        self.handle_new(pool, step);
        if let Target::NewProcess(role) = target {
            self.dead.retain(|dead| *dead != ProcessLabel::first(role));
        }
        self.dead_target(target, pool)
    }

    fn begin(&mut self, fault: &Fault, pool: &mut ProcessPool<'_>, context: &ScenarioContext<'_>) {
        let process = pool.client(&ProcessLabel::first(&fault.role));
        // One that another fault or a step has ended cannot suffer any more.
        let Ok(process) = process.map(|client| &client.connection.process) else { return };
        let pid = process.pid();
        if let FaultKind::Delay(time) = fault.kind {
            self.strikes.record(fault.clone(), pid);
            // A run that is being stopped is noticed by the step.
            context.sleep(time);
            return;
        }
        self.strikes.expect(fault);
        let (strikes, signals, fault) =
            (Arc::clone(&self.strikes), process.signals().clone(), fault.clone());
        let act = move || strikes.strike(fault, pid, &signals);
        self.threads.push(thread::spawn(act));
    }

    /// Lets the rest of the step's faults strike, and judges the step. Returns the reason why the scenario
    /// may end with it although it failed.
    pub(in crate::harmony::runner) fn end_step(
        &mut self,
        index: usize,
        step: &Step,
        target: &Target,
        pool: &mut ProcessPool<'_>,
        outcome: &mut StepOutcome,
    ) -> Option<String> {
        self.strikes.end_step(index);
        self.handle_new(pool, step);
        for message in self.unlogged.drain(..) {
            outcome.log(LogLevel::Info, message);
        }
        let is_of_dead = target.role().is_some_and(|role| {
            !matches!(target, Target::SecondProcess(_))
                && self.dead.contains(&ProcessLabel::first(role))
        });
        if !outcome.outcome.is_passed() && !outcome.has_answers() && is_of_dead {
            // The runner wanted to end or to pause what had just been killed.
            outcome.outcome = Outcome::Passed;
        }
        let exits = pool.take_unexpected_exits();
        if !exits.is_empty() && !matches!(outcome.outcome, Outcome::Failed(_)) {
            outcome.outcome = failure(format!("no fault killed it, and yet: {}", exits.join("; ")));
        }
        if outcome.outcome.is_passed() {
            return None;
        }
        let strikes = self.strikes.since(0);
        let excuse = match exits.is_empty() {
            true => excuse(outcome, &strikes, &self.plan.survival),
            false => None,
        };
        match excuse {
            Some(strike) => {
                self.counts.count_error();
                let reason =
                    format!("ended with an error after \"{}\": {}", strike.fault, outcome.outcome);
                outcome.outcome = Outcome::skip(reason.clone());
                Some(reason)
            }
            None => {
                outcome.log(LogLevel::Error, self.summary(&strikes));
                None
            }
        }
    }

    /// Counts the strikes since the last time, and marks the processes that they killed.
    fn handle_new(&mut self, pool: &mut ProcessPool<'_>, step: &Step) {
        let new = self.strikes.since(self.handled);
        self.handled += new.len();
        for Strike { fault, pid, at, .. } in &new {
            self.counts.count(fault.kind.name());
            self.unlogged.push(format!("fault: {fault}"));
            let label = ProcessLabel::first(&fault.role);
            let Ok(client) = pool.client(&label) else { continue };
            // A step may have replaced the process meanwhile.
            if client.connection.process.pid() != *pid {
                continue;
            }
            match fault.kind {
                FaultKind::Kill => {
                    client.connection.note_at(*at, ProcessChangeKind::Killed);
                    let exit = client.connection.process.exit().unwrap_or(Exit::Unknown);
                    let (process, location) = (label.clone(), step.location.clone());
                    let reason = ProcessError::Ended { process, exit, how: HOW, location };
                    pool.mark_exited(&label, reason);
                    self.dead.push(label);
                }
                FaultKind::Pause(_) => {
                    client.connection.note_at(*at, ProcessChangeKind::Paused);
                }
                FaultKind::Delay(_) => {}
            }
        }
    }

    /// Returns why no process is left for the step.
    fn dead_target(&self, target: &Target, pool: &ProcessPool<'_>) -> Option<String> {
        let role = match target {
            Target::Process(role) | Target::End(role, _) | Target::Suspend(role, _) => role,
            Target::Broadcast if pool.broadcast_targets().is_empty() => {
                let dead = self.dead.first()?;
                return Some(format!("not executed: no process is left; '{dead}' was {HOW}"));
            }
            _ => return None,
        };
        let is_dead = self.dead.contains(&ProcessLabel::first(role));
        is_dead.then(|| format!("not executed: the '{role}' process was {HOW}"))
    }

    /// Returns whether a fault has killed this process.
    pub(in crate::harmony::runner) fn has_killed(&self, pid: u32) -> bool {
        self.strikes.has_killed(pid)
    }

    /// Ends all pauses. Called before the processes are ended.
    pub(in crate::harmony::runner) fn end(mut self, pool: &mut ProcessPool<'_>) {
        self.stop();
        for Strike { fault, pid, resumed_at, .. } in self.strikes.since(0) {
            if let Some(at) = resumed_at
                && let Ok(client) = pool.client(&ProcessLabel::first(&fault.role))
                && client.connection.process.pid() == pid
            {
                client.connection.note_at(at, ProcessChangeKind::Resumed);
            }
        }
        let struck = self.strikes.since(0).len();
        // Those of steps that were not reached count as well.
        self.counts.count_missed(self.plan.faults.len() - struck);
    }

    fn stop(&mut self) {
        self.strikes.end();
        for thread in self.threads.drain(..) {
            // A thread that panicked has nothing more to do.
            let _ = thread.join();
        }
    }

    fn summary(&self, strikes: &[Strike]) -> String {
        let mut lines = vec![format!("the faults of seed {}:", self.plan.seed)];
        for fault in &self.plan.faults {
            let strike = strikes.iter().find(|strike| strike.fault == *fault);
            let note = match strike.map(|strike| strike.resumed_at.map(|end| end - strike.at)) {
                None => " (not yet, or its process had ended)".to_owned(),
                Some(Some(time)) => format!(" (paused for {})", format_duration(time)),
                Some(None) => String::new(),
            };
            lines.push(format!("    {fault}{note}"));
        }
        lines.join("\n")
    }
}

impl Drop for FaultInjector<'_> {
    fn drop(&mut self) {
        self.stop();
    }
}
