//! Running one scenario in one combination of platforms, step by step.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::chaos::FaultInjector;
use super::instance::ScenarioInstance;
use super::step_outcome::StepOutcome;
use super::step_runner::StepRunner;
use super::verdict::CombinationVerdict;
use crate::harmony::plan::label::ProcessLabel;
use crate::harmony::plan::mode::Mode;
use crate::harmony::plan::routing::{Plan, RoutedStep};
use crate::harmony::plan::target::Target;
use crate::harmony::process::error::{ProcessError, STOPPED};
use crate::harmony::process::keep::KeptProcess;
use crate::harmony::process::pool::{EndedProcesses, ProcessPool};
use crate::harmony::process::scenario_context::ScenarioContext;
use crate::model::{Activity, LogLevel, Outcome, StepResult};

const BOTH_ARGUMENTS: &str =
    "the step has a table and a doc string; a step function takes one of them";

/// A scenario that has been run.
pub(super) struct EndedScenario {
    pub(super) verdict: CombinationVerdict,
    pub(super) processes: EndedProcesses,
    /// The processes that survive, if the scenario is kept.
    pub(super) kept: Option<Vec<KeptProcess>>,
}

/// Runs the scenario. Passes the result of each step, by its index, to `emit`, and at last the processes
/// that still run to `before_the_end`.
///
/// All processes have ended when this returns, unless the scenario failed and is kept.
pub(super) fn run_scenario(
    context: &ScenarioContext<'_>,
    instance: &ScenarioInstance,
    mut faults: Option<FaultInjector<'_>>,
    start_delay: Duration,
    mut emit: impl FnMut(usize, StepResult),
    before_the_end: impl FnOnce(&mut ProcessPool<'_>),
) -> EndedScenario {
    let ScenarioInstance { scenario, plan, combination, .. } = instance;
    let mut pool = ProcessPool::new(context, combination);
    let mut failed = start_processes(&mut pool, context, plan, start_delay).err();
    if let Some(faults) = &faults {
        faults.wait_for_start(&mut pool, context);
    }
    let mut shared = BTreeMap::new();
    let (mut verdict, mut is_final) = (CombinationVerdict::Passed, true);
    for (index, (step, routed)) in scenario.steps.iter().zip(&plan.steps).enumerate() {
        if verdict != CombinationVerdict::Passed {
            let skipped = Outcome::Skipped { reason: None };
            emit(index, StepResult::instant(skipped, context.run_began.elapsed()));
            continue;
        }
        let mut began = Instant::now();
        context.show(Activity::Step(index), context.step_timeout);
        let target = &routed.target;
        let not_executed = faults
            .as_mut()
            .and_then(|faults| faults.begin_step(index, step, target, &mut pool, context));
        let mut outcome = match failed.take() {
            Some(error) => StepOutcome::from_result(Err(error)),
            None if not_executed.is_some() => {
                StepOutcome::not_executed(not_executed.unwrap_or_default())
            }
            None if step.extra_argument.is_some() && context.mode == Mode::Strict => {
                StepOutcome::failed(BOTH_ARGUMENTS.to_owned())
            }
            None => {
                let faults = faults.as_ref();
                let (pool, shared, began) = (&mut pool, &mut shared, &mut began);
                StepRunner { pool, context, shared, index, began, faults }.execute(step, routed)
            }
        };
        let excused = faults
            .as_mut()
            .and_then(|faults| faults.end_step(index, step, target, &mut pool, &mut outcome));
        for exit in pool.take_unexpected_exits() {
            outcome.log(LogLevel::Warn, exit);
        }
        outcome.allow_skipped(&scenario.tags, context.mode);
        if !outcome.outcome.is_passed() {
            if context.stop.is_set() && outcome.all_failed_with(STOPPED) {
                outcome.outcome = Outcome::skip(STOPPED);
                verdict = CombinationVerdict::Stopped(format!("step {}: {STOPPED}", index + 1));
            } else if let Some(reason) = excused {
                verdict = CombinationVerdict::Skipped(format!("step {}: {reason}", index + 1));
            } else {
                verdict = outcome.verdict(index, context.mode);
                is_final = !(context.is_retried)(&outcome.outcome);
                match &verdict {
                    CombinationVerdict::Unsupported(reason) => outcome.set_unsupported(reason),
                    _ => outcome.log(LogLevel::Error, pool.transcript()),
                }
            }
        }
        emit(index, outcome.into_result(began, context));
    }
    if let Some(faults) = faults {
        faults.end(&mut pool);
    }
    before_the_end(&mut pool);
    let is_failed = is_final && matches!(verdict, CombinationVerdict::Failed(_));
    let (processes, kept) = match context.keep.filter(|keep| is_failed && keep.claim()) {
        Some(_) => {
            let (processes, kept) = pool.keep();
            (processes, Some(kept))
        }
        None => (pool.end(), None),
    };
    EndedScenario { verdict, processes, kept }
}

/// Starts a process for each role.
fn start_processes(
    pool: &mut ProcessPool<'_>,
    context: &ScenarioContext<'_>,
    plan: &Plan,
    start_delay: Duration,
) -> Result<(), ProcessError> {
    for role in &plan.roles {
        // A role that begins with a new process is started by the step that names it.
        let later = |step: &RoutedStep| matches!(&step.target, Target::NewProcess(r) if r == role);
        let first = plan.steps.iter().find(|step| step.target.role() == Some(role.as_str()));
        if first.is_some_and(later) && context.mode == Mode::Strict {
            continue;
        }
        let started = pool.start(&ProcessLabel::first(role.as_str()));
        match context.mode {
            // Its failure is that of the first step that needs it.
            Mode::Strict => {}
            Mode::Compat => {
                started?.ready(context)?;
                context.sleep(start_delay);
            }
        }
    }
    Ok(())
}
