//! One scenario being played: its state, and the one place where a step is executed.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Once};
use std::time::{Duration, Instant};

use super::snippet::snippet;
use super::{
    Body, BodyFuture, BodyResult, Invocation, Match, Matched, Registry, RegistryError, StepContext,
    StepDefinition, World,
};
use crate::model::{
    CodePlace, Failure, FailureKind, LogRecord, Outcome, Place, Scenario, StepArgument, StepKeyword,
};

/// A step to execute, from whichever end it came.
#[derive(Debug, Clone, Default)]
pub struct StepCall {
    /// What the step is for; only messages and snippets use it.
    pub keyword: Option<StepKeyword>,
    /// The text after the keyword.
    pub text: String,
    /// The table or doc string below it.
    pub argument: Option<StepArgument>,
    /// Where it stands, where that is known.
    pub place: Option<Place>,
    /// The process role it was sent to.
    pub process: Option<String>,
}

/// What came of a step, with everything a report may want to say about it.
#[derive(Debug)]
pub struct StepReport {
    /// What came of it.
    pub outcome: Outcome,
    /// How long it took.
    pub duration: Duration,
    /// What it logged.
    pub logs: Vec<LogRecord>,
    /// The definition that ran.
    pub definition: Option<&'static StepDefinition>,
}

/// A step whose definition has been looked up, so that its deadline is known before it runs.
#[derive(Debug)]
pub struct ResolvedStep {
    call: StepCall,
    found: Result<Match, RegistryError>,
    limit: Duration,
}

impl ResolvedStep {
    /// The time the step has.
    pub fn limit(&self) -> Duration {
        self.limit
    }

    /// What was to be executed.
    pub fn call(&self) -> &StepCall {
        &self.call
    }
}

/// One scenario being played on one thread.
///
/// A session never gives up on a blocking body: whoever owns its thread arms a
/// [`Watchdog`](super::Watchdog) for that. An async body is cancelled at the deadline.
pub struct Session {
    registry: Arc<Registry>,
    scenario: Option<Arc<Scenario>>,
    world: World,
    runtime: tokio::runtime::Runtime,
}

impl Session {
    /// A session with fresh state.
    ///
    /// # Errors
    /// When the async runtime cannot be made (no file descriptors left).
    pub fn new(registry: Arc<Registry>, scenario: Option<Arc<Scenario>>) -> io::Result<Self> {
        silence_panics_of_steps();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(Self { registry, scenario, world: World::default(), runtime })
    }

    /// Finds what `call` means and the time it has: what its definition says, or else `limit`.
    pub fn resolve(&self, call: StepCall, limit: Duration) -> ResolvedStep {
        let found = self.registry.find(&call.text);
        let limit = match &found {
            Ok(Match::One(m)) => {
                m.definition.options.timeout_ms.map_or(limit, Duration::from_millis)
            }
            _ => limit,
        };
        ResolvedStep { call, found, limit }
    }

    /// Executes a resolved step on this thread.
    pub fn execute(&mut self, step: ResolvedStep) -> StepReport {
        let ResolvedStep { call, found, limit } = step;
        let started = Instant::now();
        let context = StepContext {
            text: call.text,
            place: call.place,
            process: call.process,
            scenario: self.scenario.clone(),
            logs: RefCell::new(Vec::new()),
        };
        let (outcome, definition) = match found {
            Ok(Match::One(matched)) => {
                let outcome = self.run(&matched, call.argument.as_ref(), &context, limit);
                (outcome, Some(matched.definition))
            }
            Ok(Match::Undefined(near)) => {
                let snippet = snippet(call.keyword, &context.text, call.argument.as_ref());
                (Outcome::Undefined { near, snippet }, None)
            }
            Ok(Match::Ambiguous(candidates)) => (Outcome::Ambiguous { candidates }, None),
            Err(error) => (failed(FailureKind::State, error.to_string(), None), None),
        };
        StepReport {
            outcome,
            duration: started.elapsed(),
            logs: context.logs.into_inner(),
            definition,
        }
    }

    fn run(
        &self,
        matched: &Matched,
        argument: Option<&StepArgument>,
        context: &StepContext,
        limit: Duration,
    ) -> Outcome {
        let definition = matched.definition;
        let invocation = Invocation {
            definition,
            captures: &matched.captures,
            argument,
            world: &self.world,
            context,
        };
        catching(|| {
            let result = invocation.check_argument().and_then(|()| {
                for need in definition.states {
                    (need.make)(&self.world);
                }
                match definition.body {
                    Body::Sync(body) => body(&invocation),
                    Body::Async(body) => self.runtime.block_on(within(limit, body(&invocation))),
                }
            });
            result.unwrap_or_else(|outcome| outcome)
        })
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("world", &self.world).finish_non_exhaustive()
    }
}

async fn within(limit: Duration, body: BodyFuture<'_>) -> BodyResult {
    match tokio::time::timeout(limit, body).await {
        Ok(result) => result,
        Err(_) => Err(Outcome::TimedOut { limit }),
    }
}

thread_local! {
    /// Whether a step runs on this thread, whose panic is a result and not an accident.
    static IN_STEP: Cell<bool> = const { Cell::new(false) };
    static PANIC_PLACE: RefCell<Option<CodePlace>> = const { RefCell::new(None) };
}

/// Keeps the panic of a step off stderr and remembers its place; every other panic prints as before.
fn silence_panics_of_steps() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if IN_STEP.get() {
                let place = info
                    .location()
                    .map(|l| CodePlace { file: l.file().to_owned(), line: l.line() });
                PANIC_PLACE.set(place);
            } else {
                before(info);
            }
        }));
    });
}

fn catching(body: impl FnOnce() -> Outcome) -> Outcome {
    IN_STEP.set(true);
    let result = panic::catch_unwind(AssertUnwindSafe(body));
    IN_STEP.set(false);
    result.unwrap_or_else(|payload| {
        failed(FailureKind::Panic, panic_message(&*payload), PANIC_PLACE.take())
    })
}

fn panic_message(payload: &(dyn Any + Send)) -> String {
    if let Some(text) = payload.downcast_ref::<&str>() {
        (*text).to_owned()
    } else if let Some(text) = payload.downcast_ref::<String>() {
        text.clone()
    } else {
        "a panic whose payload is not text".to_owned()
    }
}

fn failed(kind: FailureKind, message: String, place: Option<CodePlace>) -> Outcome {
    Outcome::Failed(Failure { place, ..Failure::new(kind, message) })
}
