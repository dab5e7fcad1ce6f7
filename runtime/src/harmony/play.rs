//! Plays one scenario with one combination of platforms, step by step.

use std::collections::BTreeMap;
use std::time::{Duration, Instant, SystemTime};

use super::cast::Cast;
use super::combinations::Combination;
use super::contract::StepRequest;
use super::peer::Scene;
use super::routing::{Ending, Lifecycle, Plan, RoutedStep, Target};
use super::step_reply::StepReply;
use crate::model::{
    Failure, FailureKind, LogLevel, LogRecord, Outcome, Scenario, Step, StepResult,
};

/// What the field's runner sleeps after a crash step and after a shutdown step.
const FIELD_CRASH_DELAY: Duration = Duration::from_millis(500);
const FIELD_SHUTDOWN_DELAY: Duration = Duration::from_secs(1);

const BOTH_ARGUMENTS: &str =
    "the step carries a table and a doc string; a step function takes one of them";

/// Plays the scenario and hands over the result of each step, by its index, and at last the processes
/// that still play.
///
/// All processes are gone when this returns.
pub(super) fn play(
    scene: &Scene<'_>,
    scenario: &Scenario,
    plan: &Plan,
    combination: &Combination,
    start_delay: Duration,
    mut emit: impl FnMut(usize, StepResult),
    before_the_end: impl FnOnce(&mut Cast<'_>),
) {
    let mut cast = Cast::new(scene, combination);
    let mut failed = begin(&mut cast, scene, plan, start_delay).err();
    let mut context = BTreeMap::new();
    let mut over = false;
    for (index, (step, routed)) in scenario.steps.iter().zip(&plan.steps).enumerate() {
        if over {
            let skipped = Outcome::Skipped { reason: None };
            emit(index, StepResult::instant(skipped, scene.run_began.elapsed()));
            continue;
        }
        let started = Instant::now();
        let mut performed = match failed.take() {
            Some(reason) => Performed::failed(reason),
            None if step.second_argument.is_some() && scene.lifecycle == Lifecycle::Real => {
                Performed::failed(BOTH_ARGUMENTS.to_owned())
            }
            None => {
                Performer { cast: &mut cast, scene, context: &mut context }.perform(step, routed)
            }
        };
        for dead in cast.newly_dead() {
            performed.log(LogLevel::Warn, dead);
        }
        if !performed.outcome.is_passed() {
            over = true;
            performed.log(LogLevel::Error, cast.exchanges());
        }
        emit(
            index,
            StepResult {
                duration: started.elapsed(),
                logs: performed.logs,
                ..StepResult::instant(performed.outcome, started - scene.run_began)
            },
        );
    }
    before_the_end(&mut cast);
    cast.end();
}

/// Starts a process for each role.
fn begin(
    cast: &mut Cast<'_>,
    scene: &Scene<'_>,
    plan: &Plan,
    start_delay: Duration,
) -> Result<(), String> {
    for role in &plan.roles {
        // A role that only a new process plays is started by the step that says so.
        let later = |step: &RoutedStep| matches!(&step.target, Target::NewProcess(r) if r == role);
        let first = plan.steps.iter().find(|step| step.target.role() == Some(role.as_str()));
        if first.is_some_and(later) && scene.lifecycle == Lifecycle::Real {
            continue;
        }
        let started = cast.start(role, role);
        match scene.lifecycle {
            // Its failure is that of the first step that needs it.
            Lifecycle::Real => {}
            Lifecycle::Harmony => {
                started?.ready(scene)?;
                scene.sleep(start_delay);
            }
        }
    }
    Ok(())
}

/// What came of a step.
struct Performed {
    outcome: Outcome,
    logs: Vec<LogRecord>,
}

impl Performed {
    fn passed() -> Self {
        Self { outcome: Outcome::Passed, logs: Vec::new() }
    }

    fn failed(message: String) -> Self {
        Self { outcome: failure(message), logs: Vec::new() }
    }

    fn of(result: Result<(), String>) -> Self {
        result.map_or_else(Self::failed, |()| Self::passed())
    }

    fn log(&mut self, level: LogLevel, message: String) {
        self.logs.push(LogRecord { time: SystemTime::now(), level, message });
    }
}

struct Performer<'a, 'c> {
    cast: &'a mut Cast<'c>,
    scene: &'a Scene<'a>,
    context: &'a mut BTreeMap<String, String>,
}

impl Performer<'_, '_> {
    fn perform(&mut self, step: &Step, routed: &RoutedStep) -> Performed {
        match &routed.target {
            Target::Wait(time) => {
                Performed::of(if self.scene.sleep(*time) { Ok(()) } else { Err(stopped()) })
            }
            Target::Process(role) => self.step(role, role, step, routed),
            Target::NewProcess(role) => match self.cast.start(role, role) {
                Ok(_) => self.step(role, role, step, routed),
                Err(reason) => Performed::failed(reason),
            },
            Target::SecondProcess(role) => {
                let label = format!("second {role}");
                if !self.cast.knows(&label)
                    && let Err(reason) = self.cast.start(&label, role)
                {
                    return Performed::failed(reason);
                }
                self.step(&label, role, step, routed)
            }
            Target::Broadcast => self.broadcast(step, routed),
            Target::End(role, ending) => Performed::of(match self.scene.lifecycle {
                Lifecycle::Real => self.end(role, *ending, step),
                Lifecycle::Harmony => self.field_end(role, *ending),
            }),
        }
    }

    fn step(&mut self, label: &str, role: &str, step: &Step, routed: &RoutedStep) -> Performed {
        let request = self.request(role, step, routed, false);
        let peer = match self.cast.peer(label).and_then(|peer| {
            peer.ready(self.scene)?;
            Ok(peer)
        }) {
            Ok(peer) => peer,
            Err(reason) => return Performed::failed(reason),
        };
        let (sent, dropped) = peer.send_step(request, self.scene);
        let reply = peer.step_reply(&sent, self.scene);
        let platform = peer.connection.speaker.platform.clone();
        let who = format!("{label} ({platform})");
        let reply = self.taken(&who, reply, dropped);
        match (self.scene.lifecycle, reply.outcome) {
            (Lifecycle::Harmony, outcome) if !outcome.is_passed() => Performed {
                outcome: failure(format!("Execution failed: {}", reason(&outcome, &step.text))),
                logs: reply.logs,
            },
            (_, outcome) => Performed { outcome, logs: reply.logs },
        }
    }

    /// To everybody at once; fails if it fails anywhere.
    fn broadcast(&mut self, step: &Step, routed: &RoutedStep) -> Performed {
        let (scene, mut sent) = (self.scene, Vec::new());
        let labels: Vec<String> = self.cast.playing().map(|(label, _)| label.to_owned()).collect();
        let mut performed = Performed::passed();
        let mut bad: Vec<(String, Outcome)> = Vec::new();
        for label in &labels {
            let request = self.request(label, step, routed, true);
            match self.cast.peer(label).and_then(|peer| peer.ready(scene).map(|()| peer)) {
                Ok(peer) => sent.push((label, peer.send_step(request, scene))),
                Err(reason) => bad.push((label.clone(), failure(reason))),
            }
        }
        for (label, (step, dropped)) in &sent {
            let Ok(peer) = self.cast.peer(label) else { continue };
            let reply = peer.step_reply(step, scene);
            let who = format!("{label} ({})", peer.connection.speaker.platform);
            let reply = self.taken(&who, reply, *dropped);
            performed.logs.extend(reply.logs);
            if !reply.outcome.is_passed() {
                bad.push((who, reply.outcome));
            }
        }
        performed.outcome = match (scene.lifecycle, bad.len()) {
            (Lifecycle::Real, _) if labels.is_empty() => {
                failure("there is no process left to take this step".to_owned())
            }
            (_, 0) => Outcome::Passed,
            (Lifecycle::Real, 1) => bad.remove(0).1,
            // Nobody ran it and failed; the logs tell who lacks it.
            (Lifecycle::Real, _)
                if bad.iter().all(|(_, outcome)| matches!(outcome, Outcome::Undefined { .. })) =>
            {
                bad.remove(0).1
            }
            (lifecycle, _) => {
                let reasons = bad.iter().map(|(who, outcome)| match lifecycle {
                    Lifecycle::Real => format!("{who}: {}", reason(outcome, &step.text)),
                    Lifecycle::Harmony => reason(outcome, &step.text),
                });
                let all = reasons.collect::<Vec<_>>().join(", ");
                failure(format!("Broadcast failed on: {all}"))
            }
        };
        performed
    }

    fn request(
        &self,
        role: &str,
        step: &Step,
        routed: &RoutedStep,
        broadcast: bool,
    ) -> StepRequest {
        let context = match self.scene.lifecycle {
            Lifecycle::Real => self.context.clone().into_iter().collect(),
            // The field's runner throws away what serves return.
            Lifecycle::Harmony => Vec::new(),
        };
        StepRequest {
            process: Some(role.to_owned()),
            keyword: Some(routed.keyword),
            text: step.text.clone(),
            argument: step.argument.clone(),
            context,
            broadcast,
        }
    }

    /// A reply with its sender named in its log and its context kept for the steps that follow.
    fn taken(
        &mut self,
        who: &str,
        reply: Result<StepReply, String>,
        dropped: Option<&str>,
    ) -> StepReply {
        let mut reply = reply.unwrap_or_else(|reason| StepReply {
            outcome: failure(reason),
            context: Vec::new(),
            logs: Vec::new(),
        });
        self.context.extend(std::mem::take(&mut reply.context));
        for log in &mut reply.logs {
            log.message = format!("[{who}] {}", log.message);
        }
        let mut add = |level, message| {
            reply.logs.push(LogRecord { time: SystemTime::now(), level, message });
        };
        if let Some(what) = dropped.filter(|_| self.scene.lifecycle == Lifecycle::Real) {
            add(
                LogLevel::Warn,
                format!("[{who}] cannot take the {what} of this step: it was not sent"),
            );
        }
        if matches!(reply.outcome, Outcome::Undefined { .. }) {
            add(LogLevel::Error, format!("[{who}] has no definition for this step"));
        }
        reply
    }

    /// What the words say.
    fn end(&mut self, role: &str, ending: Ending, step: &Step) -> Result<(), String> {
        let scene = self.scene;
        let peer = self.cast.peer(role)?;
        peer.ready(scene)?;
        let (exit, what) = match ending {
            Ending::Kill => (peer.kill(scene)?, "killed"),
            Ending::Crash => (peer.crash(scene)?, "made to crash"),
            Ending::Shutdown => (peer.shut_down(scene)?, "shut down"),
        };
        let reason = format!(
            "the '{role}' process is gone ({exit}): it was {what} at {}; a new one starts with the words \
             \"a new '{role}' process …\"",
            step.place
        );
        self.cast.leave(role, reason);
        Ok(())
    }

    /// What the field's runner does.
    fn field_end(&mut self, role: &str, ending: Ending) -> Result<(), String> {
        let scene = self.scene;
        let peer = self.cast.peer(role)?;
        let done = match ending {
            Ending::Kill => {
                peer.end_input();
                peer.end_by(Instant::now() + scene.stop_timeout);
                let reason =
                    format!("Cannot access a disposed object: the '{role}' process was stopped");
                self.cast.leave(role, reason);
                return Ok(());
            }
            Ending::Crash => {
                peer.field_crash(scene)?;
                FIELD_CRASH_DELAY
            }
            Ending::Shutdown => {
                peer.field_shutdown(scene)?;
                FIELD_SHUTDOWN_DELAY
            }
        };
        if scene.sleep(done) { Ok(()) } else { Err(stopped()) }
    }
}

/// Why a step did not pass, in words.
fn reason(outcome: &Outcome, text: &str) -> String {
    match outcome {
        Outcome::Failed(failure) => failure.to_string(),
        Outcome::Undefined { .. } => format!("No matching step definition found for: {text}"),
        Outcome::TimedOut { limit } => {
            format!("Step execution timeout after {} ms", limit.as_millis())
        }
        Outcome::Skipped { reason: Some(reason) } | Outcome::Pending { reason: Some(reason) } => {
            format!("{}: {reason}", outcome.word())
        }
        other => other.word().to_owned(),
    }
}

fn failure(message: String) -> Outcome {
    Outcome::Failed(Failure::new(FailureKind::Error, message))
}

fn stopped() -> String {
    "the run was stopped".to_owned()
}
