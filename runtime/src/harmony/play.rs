//! Plays one scenario with one combination of platforms, step by step.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::answer::{Answer, Performed, failure, reason};
use super::cast::{Cast, SECOND};
use super::combinations::Combination;
use super::connection::STOPPED;
use super::contract::StepRequest;
use super::peer::{Peer, Scene, SentStep};
use super::routing::{Ending, Lifecycle, Plan, RoutedStep, Target};
use super::step_reply::StepReply;
use super::verdict::Verdict;
use crate::model::{LogLevel, Outcome, Scenario, Step, StepResult};

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
) -> Verdict {
    let mut cast = Cast::new(scene, combination);
    let mut failed = begin(&mut cast, scene, plan, start_delay).err();
    let mut context = BTreeMap::new();
    let mut verdict = Verdict::Passed;
    for (index, (step, routed)) in scenario.steps.iter().zip(&plan.steps).enumerate() {
        if verdict != Verdict::Passed {
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
            if (scene.stopped)() && performed.fails_for(STOPPED) {
                performed.outcome = Outcome::skip(STOPPED);
                verdict = Verdict::Stopped(format!("step {}: {STOPPED}", index + 1));
            } else {
                verdict = performed.verdict(index);
                performed.log(LogLevel::Error, cast.exchanges());
            }
        }
        emit(index, performed.into_result(started, scene));
    }
    before_the_end(&mut cast);
    cast.end();
    verdict
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

struct Performer<'a, 'c> {
    cast: &'a mut Cast<'c>,
    scene: &'a Scene<'a>,
    context: &'a mut BTreeMap<String, String>,
}

/// A step on its way to one process.
struct OnItsWay {
    label: String,
    platform: String,
    started: Instant,
    /// What was sent and what was cut off, or why nothing could be sent.
    sent: Result<(SentStep, Option<&'static str>), String>,
}

impl Performer<'_, '_> {
    fn perform(&mut self, step: &Step, routed: &RoutedStep) -> Performed {
        match &routed.target {
            Target::Wait(time) => Performed::of(if self.scene.sleep(*time) {
                Ok(())
            } else {
                Err(STOPPED.to_owned())
            }),
            Target::Process(role) => self.step(role, role, step, routed),
            Target::NewProcess(role) => match self.cast.start(role, role) {
                Ok(_) => self.step(role, role, step, routed),
                Err(reason) => Performed::failed(reason),
            },
            Target::SecondProcess(role) => {
                let label = format!("{SECOND}{role}");
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
        let context = self.context.clone();
        let on_its_way = self.send(label, self.request(role, step, routed, false));
        let answer = self.answer(on_its_way, &context);
        let mut performed = Performed::by(vec![answer]);
        if self.scene.lifecycle == Lifecycle::Harmony && !performed.outcome.is_passed() {
            let reason = reason(&performed.outcome, &step.text);
            performed.outcome = failure(format!("Execution failed: {reason}"));
        }
        performed
    }

    /// To everybody at once; fails if it fails anywhere.
    fn broadcast(&mut self, step: &Step, routed: &RoutedStep) -> Performed {
        let labels = self.cast.audience();
        let context = self.context.clone();
        let mut on_their_way = Vec::new();
        for label in &labels {
            let role = label.strip_prefix(SECOND).unwrap_or(label);
            on_their_way.push(self.send(label, self.request(role, step, routed, true)));
        }
        let answers = on_their_way.into_iter().map(|sent| self.answer(sent, &context)).collect();
        let mut performed = Performed::by(answers);
        let bad = performed.bad();
        let outcome = match (self.scene.lifecycle, bad.as_slice()) {
            (Lifecycle::Real, _) if labels.is_empty() => {
                failure("there is no process left to take this step".to_owned())
            }
            (_, []) => Outcome::Passed,
            (Lifecycle::Real, [alone]) => alone.outcome.clone(),
            // Nobody ran it and failed; the logs tell who lacks it, or skips it.
            (Lifecycle::Real, [first, rest @ ..])
                if !matches!(first.outcome, Outcome::Failed(_))
                    && rest.iter().all(|answer| is_alike(&answer.outcome, &first.outcome)) =>
            {
                first.outcome.clone()
            }
            (lifecycle, _) => {
                let reasons = bad.iter().map(|answer| match lifecycle {
                    Lifecycle::Real => {
                        format!("{}: {}", answer.who(), reason(&answer.outcome, &step.text))
                    }
                    Lifecycle::Harmony => reason(&answer.outcome, &step.text),
                });
                let all = reasons.collect::<Vec<_>>().join(", ");
                failure(format!("Broadcast failed on: {all}"))
            }
        };
        performed.outcome = outcome;
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

    /// Sends a step to the process under `label` as soon as that is ready.
    fn send(&mut self, label: &str, request: StepRequest) -> OnItsWay {
        let (scene, started) = (self.scene, Instant::now());
        let platform = self.cast.platform(label);
        let send = |peer: &mut Peer| {
            peer.ready(scene)?;
            Ok(peer.send_step(request, scene))
        };
        let sent = self.cast.peer(label).and_then(send);
        OnItsWay { label: label.to_owned(), platform, started, sent }
    }

    /// What came of a step that was sent; what it left for later steps is kept. `context` is what
    /// was sent along.
    fn answer(&mut self, sent: OnItsWay, context: &BTreeMap<String, String>) -> Answer {
        let OnItsWay { label, platform, started, sent } = sent;
        let mut dropped = None;
        let reply = sent.and_then(|(step, cut_off)| {
            dropped = cut_off;
            self.cast.peer(&label)?.step_reply(&step, self.scene)
        });
        let reply = reply.unwrap_or_else(|reason| StepReply {
            outcome: failure(reason),
            context: Vec::new(),
            logs: Vec::new(),
        });
        // Most serves give back what they got; only what they changed is news.
        let news = reply.context.into_iter().filter(|(name, text)| context.get(name) != Some(text));
        self.context.extend(news);
        let (outcome, logs) = (reply.outcome, reply.logs);
        let duration = started.elapsed();
        let mut answer = Answer { label, platform, outcome, started, duration, logs };
        if let Some(what) = dropped.filter(|_| self.scene.lifecycle == Lifecycle::Real) {
            let told = format!("cannot take the {what} of this step: it was not sent");
            answer.log(LogLevel::Warn, told);
        }
        if matches!(answer.outcome, Outcome::Undefined { .. }) {
            answer.log(LogLevel::Error, "has no definition for this step".to_owned());
        }
        answer
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
        if scene.sleep(done) { Ok(()) } else { Err(STOPPED.to_owned()) }
    }
}

fn is_alike(one: &Outcome, other: &Outcome) -> bool {
    one.word() == other.word()
}
