//! One thread that plays scenarios, one after the other, until there are none left or it is given up.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::{RunOptions, StopFlag};
use crate::engine::{Registry, Session, StepCall, StepDefinition, StepReport, Watchdog};
use crate::model::{Event, Failure, FailureKind, Outcome, Scenario, Step, StepResult};

/// What all workers of a run share.
pub(super) struct Plan {
    registry: Arc<Registry>,
    scenarios: Vec<Arc<Scenario>>,
    options: RunOptions,
    watchdog: Watchdog,
    next: AtomicUsize,
    /// Set by the run itself: a failure under `fail_fast`, or no thread to be had.
    enough: StopFlag,
}

impl Plan {
    pub(super) fn new(
        registry: Arc<Registry>,
        scenarios: Vec<Arc<Scenario>>,
        options: RunOptions,
        watchdog: Watchdog,
    ) -> Self {
        Self {
            registry,
            scenarios,
            options,
            watchdog,
            next: AtomicUsize::new(0),
            enough: StopFlag::default(),
        }
    }

    fn take(&self) -> Option<(usize, Arc<Scenario>)> {
        if self.options.stop.is_set() || self.enough.is_set() {
            return None;
        }
        // Relaxed: only the number itself is shared; the scenarios were complete before the threads began.
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        Some((number, Arc::clone(self.scenarios.get(number)?)))
    }
}

/// What a worker tells the run.
pub(super) enum Message {
    /// Something for the reports.
    Event(Event),
    /// This worker, or the one it replaced, takes no more scenarios.
    Ended,
}

pub(super) fn start_worker(plan: Arc<Plan>, messages: Sender<Message>) -> io::Result<()> {
    thread::Builder::new().name("scenario".to_owned()).spawn(move || {
        while let Some((number, scenario)) = plan.take() {
            let play = Play { plan: &plan, messages: &messages, number, scenario: &scenario };
            if play.play().is_err() {
                return;
            }
        }
        send(&messages, Message::Ended);
    })?;
    Ok(())
}

fn send(messages: &Sender<Message>, message: Message) {
    // The receiver leaves first only when the run is over; nobody is left to tell then.
    let _ = messages.send(message);
}

/// This thread was given up while it hung; another one has taken its place and told its story.
struct GivenUp;

/// One scenario being played.
struct Play<'a> {
    plan: &'a Arc<Plan>,
    messages: &'a Sender<Message>,
    number: usize,
    scenario: &'a Arc<Scenario>,
}

impl Play<'_> {
    fn play(&self) -> Result<(), GivenUp> {
        let started = Instant::now();
        self.emit(Event::ScenarioStarted {
            number: self.number,
            scenario: Arc::clone(self.scenario),
        });
        let mut session =
            Session::new(Arc::clone(&self.plan.registry), Some(Arc::clone(self.scenario)));
        let mut going = true;
        let mut red = false;
        for (index, step) in self.scenario.steps.iter().enumerate() {
            let result = match &mut session {
                _ if !going => skipped(),
                _ if step.second_argument.is_some() => refused(
                    FailureKind::Argument,
                    "the step carries a table and a doc string; a step function takes one of them",
                ),
                Ok(session) => self.execute(session, index, step, started)?,
                Err(error) => not_started(error),
            };
            going &= result.outcome.is_passed();
            red |= result.outcome.is_red();
            self.emit(Event::StepFinished {
                number: self.number,
                step: index,
                result: Box::new(result),
            });
        }
        // The state goes before the scenario counts as finished, so that nothing of it outlives the run.
        drop(session);
        if red && self.plan.options.fail_fast {
            self.plan.enough.set();
        }
        self.emit(Event::ScenarioFinished { number: self.number, duration: started.elapsed() });
        Ok(())
    }

    fn execute(
        &self,
        session: &mut Session,
        index: usize,
        step: &Step,
        started: Instant,
    ) -> Result<StepResult, GivenUp> {
        let call = StepCall {
            keyword: step.keyword,
            text: step.text.clone(),
            argument: step.argument.clone(),
            place: Some(step.place.clone()),
            process: None,
        };
        let resolved = session.resolve(call, self.plan.options.step_timeout);
        let limit = resolved.limit();
        let late = Late {
            plan: Arc::clone(self.plan),
            // A `Sender` may be used by one thread at a time; the callback runs on the watchdog's.
            messages: Mutex::new(self.messages.clone()),
            number: self.number,
            scenario: Arc::clone(self.scenario),
            step: index,
            limit,
            started,
        };
        // A cancellable async body ends by itself at its limit; the grace lets it say so.
        let deadline = Instant::now() + limit + Duration::from_millis(50);
        let watch = self.plan.watchdog.arm(deadline, move || late.take_over());
        let report = session.execute(resolved);
        watch.disarm().map_err(|_| GivenUp)?;
        Ok(plain(report))
    }

    fn emit(&self, event: Event) {
        send(self.messages, Message::Event(event));
    }
}

/// What remains to be said when a step is still running at its deadline.
struct Late {
    plan: Arc<Plan>,
    messages: Mutex<Sender<Message>>,
    number: usize,
    scenario: Arc<Scenario>,
    step: usize,
    limit: Duration,
    started: Instant,
}

impl Late {
    fn take_over(self) {
        let messages = self.messages.into_inner().unwrap_or_else(PoisonError::into_inner);
        let number = self.number;
        let timed_out = StepResult {
            outcome: Outcome::TimedOut { limit: self.limit },
            duration: self.limit,
            logs: Vec::new(),
            definition: None,
        };
        let rest = (self.step + 1..self.scenario.steps.len()).map(|step| (step, skipped()));
        for (step, result) in std::iter::once((self.step, timed_out)).chain(rest) {
            let result = Box::new(result);
            send(&messages, Message::Event(Event::StepFinished { number, step, result }));
        }
        let duration = self.started.elapsed();
        send(&messages, Message::Event(Event::ScenarioFinished { number, duration }));
        if self.plan.options.fail_fast {
            self.plan.enough.set();
        }
        if start_worker(Arc::clone(&self.plan), messages.clone()).is_err() {
            self.plan.enough.set();
            send(&messages, Message::Ended);
        }
    }
}

fn plain(report: StepReport) -> StepResult {
    StepResult {
        outcome: report.outcome,
        duration: report.duration,
        logs: report.logs,
        definition: report.definition.map(StepDefinition::candidate),
    }
}

fn skipped() -> StepResult {
    StepResult {
        outcome: Outcome::Skipped { reason: None },
        duration: Duration::ZERO,
        logs: Vec::new(),
        definition: None,
    }
}

fn not_started(error: &io::Error) -> StepResult {
    refused(FailureKind::State, format!("the scenario could not begin: {error}"))
}

fn refused(kind: FailureKind, reason: impl Into<String>) -> StepResult {
    StepResult {
        outcome: Outcome::Failed(Failure::new(kind, reason)),
        duration: Duration::ZERO,
        logs: Vec::new(),
        definition: None,
    }
}
