//! Running one scenario in one combination of platforms, step by step.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::chaos::FaultInjector;
use super::instance::ScenarioInstance;
use super::step_outcome::{ProcessAnswer, StepOutcome, failure, reason};
use super::verdict::CombinationVerdict;
use crate::harmony::plan::label::ProcessLabel;
use crate::harmony::plan::mode::Mode;
use crate::harmony::plan::routing::{Plan, RoutedStep};
use crate::harmony::plan::target::{ProcessEnd, Suspension, Target};
use crate::harmony::process::client::SentStep;
use crate::harmony::process::error::{Conduct, ProcessError, STOPPED};
use crate::harmony::process::keep::KeptProcess;
use crate::harmony::process::pool::{EndedProcesses, ProcessPool};
use crate::harmony::process::scenario_context::ScenarioContext;
use crate::harmony::protocol::methods::ExecuteStepParams;
use crate::harmony::protocol::step_response::decode::StepResponse;
use crate::model::{Activity, LogLevel, Outcome, Step, StepResult};

/// The time that the reference runner sleeps after a crash step.
const COMPAT_CRASH_DELAY: Duration = Duration::from_millis(500);

/// The time that the reference runner sleeps after a shutdown step.
const COMPAT_SHUTDOWN_DELAY: Duration = Duration::from_secs(1);

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
    let mut verdict = CombinationVerdict::Passed;
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
        if !outcome.outcome.is_passed() {
            if context.stop.is_set() && outcome.all_failed_with(STOPPED) {
                outcome.outcome = Outcome::skip(STOPPED);
                verdict = CombinationVerdict::Stopped(format!("step {}: {STOPPED}", index + 1));
            } else if let Some(reason) = excused {
                verdict = CombinationVerdict::Skipped(format!("step {}: {reason}", index + 1));
            } else {
                verdict = outcome.verdict(index, context.mode);
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
    let is_failed = matches!(verdict, CombinationVerdict::Failed(_));
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

/// The recipients of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Audience {
    One,
    All,
}

struct StepRunner<'a, 'p> {
    pool: &'a mut ProcessPool<'p>,
    context: &'a ScenarioContext<'a>,
    /// The values that steps pass to later ones.
    shared: &'a mut BTreeMap<String, String>,
    /// The index of the step.
    index: usize,
    faults: Option<&'a FaultInjector<'a>>,
    /// The start of the step: its processes are ready.
    began: &'a mut Instant,
}

/// A step that was sent to one process.
struct InFlight {
    process: ProcessLabel,
    platform: String,
    started: Instant,
    /// The step and the kind of argument that was left out, or the reason why nothing could be sent.
    sent: Result<(SentStep, Option<&'static str>), ProcessError>,
}

impl StepRunner<'_, '_> {
    fn execute(&mut self, step: &Step, routed: &RoutedStep) -> StepOutcome {
        match &routed.target {
            Target::Wait(time) => StepOutcome::from_result(if self.context.sleep(*time) {
                Ok(())
            } else {
                Err(ProcessError::Stopped)
            }),
            Target::InvalidWait(reason) => StepOutcome::failed(reason.clone()),
            Target::Process(role) => self.step(&ProcessLabel::first(role), step, routed),
            Target::NewProcess(role) => {
                let process = ProcessLabel::first(role);
                match self.pool.start(&process) {
                    Ok(_) => self.step(&process, step, routed),
                    Err(error) => StepOutcome::from_result(Err(error)),
                }
            }
            Target::SecondProcess(role) => {
                let process = ProcessLabel::second(role);
                if !self.pool.knows(&process)
                    && let Err(error) = self.pool.start(&process)
                {
                    return StepOutcome::from_result(Err(error));
                }
                self.step(&process, step, routed)
            }
            Target::Suspend(role, suspension) => {
                let process = ProcessLabel::first(role);
                StepOutcome::from_result(self.suspend(&process, *suspension, step))
            }
            Target::Broadcast => self.broadcast(step, routed),
            Target::End(role, end) => {
                let process = ProcessLabel::first(role);
                StepOutcome::from_result(match self.context.mode {
                    Mode::Strict => self.stop_process(&process, *end, step),
                    Mode::Compat => self.stop_process_compat(&process, *end),
                })
            }
        }
    }

    fn step(&mut self, process: &ProcessLabel, step: &Step, routed: &RoutedStep) -> StepOutcome {
        let shared = self.shared.clone();
        let ready = self.make_ready(process);
        let in_flight =
            self.send(process, ready, self.params(process, step, routed, Audience::One));
        let answer = self.receive(in_flight, &shared);
        let mut outcome = StepOutcome::from_answers(vec![answer]);
        if self.context.mode == Mode::Compat && !outcome.outcome.is_passed() {
            let reason = reason(&outcome.outcome, &step.text);
            outcome.outcome = failure(format!("Execution failed: {reason}"));
        }
        outcome
    }

    /// Sends the step to all processes at once; it fails if it fails in any of them.
    fn broadcast(&mut self, step: &Step, routed: &RoutedStep) -> StepOutcome {
        let targets = self.pool.broadcast_targets();
        let shared = self.shared.clone();
        // Before the first is sent to, so that no process waits for the start of another one.
        let ready: Vec<_> = targets.iter().map(|process| self.make_ready(process)).collect();
        let mut in_flight = Vec::new();
        for (process, ready) in targets.iter().zip(ready) {
            let params = self.params(process, step, routed, Audience::All);
            in_flight.push(self.send(process, ready, params));
        }
        let answers = in_flight.into_iter().map(|sent| self.receive(sent, &shared)).collect();
        let mut combined = StepOutcome::from_answers(answers);
        let failures = combined.failures();
        let outcome = match (self.context.mode, failures.as_slice()) {
            (Mode::Strict, _) if targets.is_empty() => {
                failure("no process is running for this step".to_owned())
            }
            (_, []) => Outcome::Passed,
            (Mode::Strict, [alone]) => alone.outcome.clone(),
            // No process executed it and failed; the logs name those that lack it, or skip it.
            (Mode::Strict, [first, rest @ ..])
                if !matches!(first.outcome, Outcome::Failed(_))
                    && rest.iter().all(|answer| is_alike(&answer.outcome, &first.outcome)) =>
            {
                first.outcome.clone()
            }
            (mode, _) => {
                let reasons = failures.iter().map(|answer| match mode {
                    Mode::Strict => {
                        format!("{}: {}", answer.label(), reason(&answer.outcome, &step.text))
                    }
                    Mode::Compat => reason(&answer.outcome, &step.text),
                });
                let all = reasons.collect::<Vec<_>>().join(", ");
                failure(format!("Broadcast failed on: {all}"))
            }
        };
        combined.outcome = outcome;
        combined
    }

    fn params(
        &self,
        process: &ProcessLabel,
        step: &Step,
        routed: &RoutedStep,
        audience: Audience,
    ) -> ExecuteStepParams {
        let context = match self.context.mode {
            Mode::Strict => self.shared.clone().into_iter().collect(),
            // The reference runner drops what serves return.
            Mode::Compat => Vec::new(),
        };
        ExecuteStepParams {
            process: Some(process.role.clone()),
            keyword: Some(routed.keyword),
            text: step.text.clone(),
            argument: step.argument.clone(),
            context,
            broadcast: audience == Audience::All,
        }
    }

    /// Waits until a process can execute a step.
    ///
    /// # Errors
    /// The reason why it cannot.
    fn make_ready(&mut self, process: &ProcessLabel) -> Result<(), ProcessError> {
        let context = self.context;
        let starting = self.pool.starting();
        let client = self.pool.client(process)?;
        client.check_running()?;
        if starting.is_empty() {
            return client.ready(context);
        }
        context.show(Activity::Starting(starting.join(", ").into()), context.start_timeout);
        let ready = client.ready(context);
        context.show(Activity::Step(self.index), context.step_timeout);
        *self.began = Instant::now();
        ready
    }

    /// Sends a step to a process, unless it is not ready.
    fn send(
        &mut self,
        process: &ProcessLabel,
        ready: Result<(), ProcessError>,
        params: ExecuteStepParams,
    ) -> InFlight {
        let (context, started) = (self.context, Instant::now());
        let platform = self.pool.platform(process);
        let client = ready.and_then(|()| self.pool.client(process));
        let sent = client.map(|client| client.send_step(params, context));
        InFlight { process: process.clone(), platform, started, sent }
    }

    /// Receives the response to a step; keeps the values that it passes to later steps. `shared` are the
    /// values that were sent with it.
    fn receive(&mut self, sent: InFlight, shared: &BTreeMap<String, String>) -> ProcessAnswer {
        let InFlight { process, platform, started, sent } = sent;
        let mut left_out = None;
        let response = sent.and_then(|(step, argument)| {
            left_out = argument;
            self.pool.client(&process)?.step_response(&step, self.context)
        });
        let (response, conduct) = match response {
            Ok(response) => (response, Conduct::Responded),
            Err(error) => {
                let outcome = match self.is_dead_by_fault(&process) {
                    true => Outcome::Passed,
                    false => failure(error.to_string()),
                };
                let (context, logs) = Default::default();
                (StepResponse { outcome, context, logs }, error.conduct())
            }
        };
        // Most serves return the values that they got; only changed ones are new.
        let is_new = |(name, text): &(String, String)| shared.get(name) != Some(text);
        self.shared.extend(response.context.into_iter().filter(is_new));
        let (outcome, logs) = (response.outcome, response.logs);
        let duration = started.elapsed();
        let mut answer =
            ProcessAnswer { process, platform, outcome, conduct, started, duration, logs };
        if let Some(what) = left_out.filter(|_| self.context.mode == Mode::Strict) {
            let warning = format!("does not support a {what}; the step was sent without it");
            answer.log(LogLevel::Warn, warning);
        }
        if let Ok(client) = self.pool.client(&answer.process) {
            for rule in client.connection.take_warnings() {
                answer.log(LogLevel::Warn, format!("breaks a rule of the protocol: {rule}"));
            }
        }
        if matches!(answer.outcome, Outcome::Undefined { .. }) {
            answer.log(LogLevel::Error, "has no definition for this step".to_owned());
        }
        answer
    }

    /// Returns whether a fault has killed the process, so that it owes no response.
    fn is_dead_by_fault(&mut self, process: &ProcessLabel) -> bool {
        let Some(faults) = self.faults else { return false };
        let client = self.pool.client(process);
        client.is_ok_and(|client| faults.has_killed(client.connection.process.pid()))
    }

    /// Pauses or resumes a process.
    fn suspend(
        &mut self,
        process: &ProcessLabel,
        suspension: Suspension,
        step: &Step,
    ) -> Result<(), ProcessError> {
        let context = self.context;
        let client = self.pool.client(process)?;
        match suspension {
            Suspension::Pause => {
                client.check_running()?;
                client.ready(context)?;
                client.pause(&step.location)
            }
            Suspension::Resume => {
                client.resume();
                Ok(())
            }
        }
    }

    /// Ends a process as the words of the step describe it.
    fn stop_process(
        &mut self,
        process: &ProcessLabel,
        end: ProcessEnd,
        step: &Step,
    ) -> Result<(), ProcessError> {
        let context = self.context;
        let client = self.pool.client(process)?;
        if end != ProcessEnd::Kill {
            client.check_running()?;
        }
        client.ready(context)?;
        let (exit, how) = match end {
            ProcessEnd::Kill => (client.kill(context)?, "killed"),
            ProcessEnd::Crash => (client.crash(context)?, "made to crash"),
            ProcessEnd::Shutdown => (client.shut_down(context)?, "shut down"),
        };
        let location = step.location.clone();
        let reason = ProcessError::Ended { process: process.clone(), exit, how, location };
        self.pool.mark_exited(process, reason);
        Ok(())
    }

    /// Ends a process as the reference runner does.
    fn stop_process_compat(
        &mut self,
        process: &ProcessLabel,
        end: ProcessEnd,
    ) -> Result<(), ProcessError> {
        let context = self.context;
        let (action, delay) = match end {
            ProcessEnd::Kill => {
                // A process that does not exist is as dead.
                if let Ok(client) = self.pool.client(process) {
                    client.end_input();
                    client.terminate_by(Instant::now() + context.stop_timeout);
                    self.pool.mark_exited(process, ProcessError::Disposed(process.clone()));
                }
                return Ok(());
            }
            ProcessEnd::Crash => ("crashes", COMPAT_CRASH_DELAY),
            ProcessEnd::Shutdown => ("shutdown", COMPAT_SHUTDOWN_DELAY),
        };
        let ended = self.pool.client(process).and_then(|client| match end {
            ProcessEnd::Crash => client.compat_crash(context),
            _ => client.compat_shutdown(context),
        });
        ended.map_err(|error| match error {
            ProcessError::Stopped => error,
            _ => {
                let (process, reason) = (process.clone(), Box::new(error));
                ProcessError::NotEnded { action, process, reason }
            }
        })?;
        if context.sleep(delay) { Ok(()) } else { Err(ProcessError::Stopped) }
    }
}

fn is_alike(one: &Outcome, other: &Outcome) -> bool {
    one.as_str() == other.as_str()
}
