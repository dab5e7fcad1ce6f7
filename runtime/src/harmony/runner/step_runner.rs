//! Execution of one step of a scenario in the processes that it names.

use std::collections::BTreeMap;
use std::time::Instant;

use super::chaos::FaultInjector;
use super::step_outcome::{ProcessAnswer, StepOutcome, failure, reason};
use crate::harmony::plan::label::ProcessLabel;
use crate::harmony::plan::mode::Mode;
use crate::harmony::plan::routing::RoutedStep;
use crate::harmony::plan::target::Target;
use crate::harmony::process::client::SentStep;
use crate::harmony::process::error::{Conduct, ProcessError};
use crate::harmony::process::pool::ProcessPool;
use crate::harmony::process::scenario_context::ScenarioContext;
use crate::harmony::protocol::methods::ExecuteStepParams;
use crate::harmony::protocol::step_response::decode::StepResponse;
use crate::model::{Activity, LogLevel, Outcome, Step};

/// The execution of one step.
pub(super) struct StepRunner<'a, 'p> {
    pub(super) pool: &'a mut ProcessPool<'p>,
    pub(super) context: &'a ScenarioContext<'a>,
    /// The values that steps pass to later ones.
    pub(super) shared: &'a mut BTreeMap<String, String>,
    /// The index of the step.
    pub(super) index: usize,
    pub(super) faults: Option<&'a FaultInjector<'a>>,
    /// The start of the step: its processes are ready.
    pub(super) began: &'a mut Instant,
}

/// The recipients of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Audience {
    One,
    All,
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
    /// Executes the step in each process that it names, or does to a process what it says.
    pub(super) fn execute(&mut self, step: &Step, routed: &RoutedStep) -> StepOutcome {
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
        let activity = Activity::Starting { processes: starting.join(", ").into(), printed: None };
        context.show(activity, context.start_timeout);
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
}

fn is_alike(one: &Outcome, other: &Outcome) -> bool {
    one.as_str() == other.as_str()
}
