//! Calls user code: makes the states it takes, runs the body within its time, catches its panic.

use std::any::TypeId;
use std::borrow::Cow;
use std::future::Future;
use std::ops::Range;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;

use super::fixture::{FixtureDefinition, Made, Scope};
use super::panics::catching;
use super::suite::FeatureScope;
use super::{
    ArgumentNeed, Body, Callee, HookDefinition, Invocation, RunningHook, StateNeed, StateVisitor,
    StepContext, StepDefinition, World,
};
use crate::model::{
    Attachment, Failure, FailureKind, HookKind, HookResult, LogRecord, Outcome, StepArgument,
};
use crate::observe::printed::Printing;
use crate::observe::span;

/// What came of one hook.
#[derive(Debug)]
pub struct HookReport {
    /// The hook that ran.
    pub definition: &'static HookDefinition,
    /// What came of it.
    pub outcome: Outcome,
    /// When it began.
    pub started: Instant,
    /// How long it took.
    pub duration: Duration,
    /// What it logged.
    pub logs: Vec<LogRecord>,
    /// What it attached.
    pub attachments: Vec<Attachment>,
    /// What was printed meanwhile, where it is caught.
    pub output: String,
}

impl HookReport {
    /// Why what the hook surrounds fails; `None` when the hook passed, or asked to be skipped after
    /// all was done.
    pub fn failure(&self) -> Option<Failure> {
        let reason = match &self.outcome {
            Outcome::Passed => return None,
            Outcome::Skipped { .. } if self.definition.kind.is_after() => return None,
            Outcome::Failed(failure) => failure.clone(),
            other => Failure::new(FailureKind::Error, other.to_string()),
        };
        Some(self.definition.failure(reason))
    }

    /// The same as plain data, for a run that began at `began`.
    pub fn into_result(self, began: Instant) -> HookResult {
        HookResult {
            kind: self.definition.kind,
            function: Cow::Borrowed(self.definition.function),
            place: self.definition.place(),
            started: self.started.saturating_duration_since(began),
            duration: self.duration,
            failure: self.failure(),
            outcome: self.outcome,
            logs: self.logs,
            attachments: self.attachments,
            output: self.output,
        }
    }
}

/// What a call of user code needs beside the code.
pub(super) struct Player<'a> {
    pub(super) feature: &'a Arc<FeatureScope>,
    pub(super) world: &'a World,
    pub(super) runtime: &'a Runtime,
}

/// What one call passes on.
pub(super) struct Call<'a> {
    pub(super) callee: Callee,
    pub(super) body: Body<Outcome>,
    pub(super) captures: &'a [Option<Range<usize>>],
    pub(super) argument: Option<&'a StepArgument>,
    pub(super) context: &'a StepContext,
    pub(super) so_far: Option<&'a Outcome>,
    /// Whose states it may take.
    pub(super) level: Scope,
    pub(super) limit: Duration,
}

impl Player<'_> {
    /// Runs a step's definition.
    pub(super) fn step(
        &self,
        definition: &'static StepDefinition,
        captures: &[Option<Range<usize>>],
        argument: Option<&StepArgument>,
        context: &StepContext,
        limit: Duration,
    ) -> Outcome {
        self.call(&Call {
            callee: definition.callee(),
            body: definition.body,
            captures,
            argument,
            context,
            so_far: None,
            level: Scope::Scenario,
            limit,
        })
    }

    /// Runs the hooks that apply to `tags`. Before-hooks end with the first that fails; after-hooks
    /// run all, and so do those before everything.
    pub(super) fn hooks(
        &self,
        hooks: &[&'static HookDefinition],
        level: Scope,
        tags: &[&str],
        context: &dyn Fn() -> StepContext,
        so_far: Option<&Outcome>,
        limit: Duration,
    ) -> Vec<HookReport> {
        for hook in hooks.iter().filter(|h| h.applies_to(tags.iter().copied())) {
            let context = context();
            let limit = hook.timeout_ms.map_or(limit, Duration::from_millis);
            let started = Instant::now();
            let entered = RunningHook::enter(hook, limit, context.journal().clone());
            let printing = Printing::begin();
            // First: the span leads what happens in it to the journal.
            let writing = context.journal().enter();
            let span = span::hook(hook.function, hook.kind.words(), &hook.place());
            let inside = span.enter();
            let outcome = self.call(&Call {
                callee: hook.callee(),
                body: hook.body,
                captures: &[],
                argument: None,
                context: &context,
                so_far,
                level,
                limit,
            });
            drop(inside);
            span::end(&span, &outcome);
            drop((writing, entered));
            let passed = outcome.is_passed();
            let (logs, attachments) = context.into_parts();
            let duration = started.elapsed();
            let output = printing.end();
            RunningHook::done(HookReport {
                definition: hook,
                outcome,
                started,
                duration,
                logs,
                attachments,
                output,
            });
            // Those before everything run all: each may have an after-hook that relies on it.
            let is_last = !hook.kind.is_after() && hook.kind != HookKind::BeforeAll;
            if !passed && is_last {
                break;
            }
        }
        RunningHook::take_done()
    }

    fn call(&self, call: &Call<'_>) -> Outcome {
        let deadline = Instant::now() + call.limit.min(FAR);
        // Bodies that spawn, and states that drop what they spawned, find the runtime.
        let entered = self.runtime.enter();
        let invocation = self.invocation(call);
        let result = catching(AssertUnwindSafe(|| {
            invocation.check_argument()?;
            self.provide(call, deadline)?;
            self.run(call.body, &invocation, call.limit, deadline)
        }));
        drop(entered);
        match result {
            Ok(result) => result.unwrap_or_else(|outcome| outcome),
            Err(failure) => failure.into(),
        }
    }

    fn invocation<'a>(&'a self, call: &Call<'a>) -> Invocation<'a> {
        Invocation {
            callee: call.callee,
            captures: call.captures,
            argument: call.argument,
            world: self.world,
            feature: self.feature,
            context: call.context,
            so_far: call.so_far,
        }
    }

    fn run<T>(
        &self,
        body: Body<T>,
        invocation: &Invocation<'_>,
        limit: Duration,
        deadline: Instant,
    ) -> Result<T, Outcome> {
        match body {
            Body::Sync(body) => body.run(invocation),
            Body::Async(body) => self.within(deadline, limit, body.run(invocation)),
        }
    }

    fn within<T>(
        &self,
        deadline: Instant,
        limit: Duration,
        body: impl Future<Output = Result<T, Outcome>>,
    ) -> Result<T, Outcome> {
        let mut result = Err(Outcome::TimedOut { limit });
        self.until(deadline, Box::pin(async { result = body.await }));
        result
    }

    /// Gives `body` up at `deadline`; one type of it for all, so that `tokio` is compiled for it once.
    fn until(&self, deadline: Instant, body: Pin<Box<dyn Future<Output = ()> + '_>>) {
        self.runtime.block_on(async {
            let _ = tokio::time::timeout_at(deadline.into(), body).await;
        });
    }

    /// Makes the states that a call takes and that are not there yet.
    fn provide(&self, call: &Call<'_>, deadline: Instant) -> Result<(), Outcome> {
        let mut chain = Vec::new();
        call.body.each_state(&mut |need| self.make(need, call, call.level, deadline, &mut chain))
    }

    fn make(
        &self,
        need: &StateNeed,
        call: &Call<'_>,
        level: Scope,
        deadline: Instant,
        chain: &mut Vec<(TypeId, &'static str)>,
    ) -> Result<(), Outcome> {
        let &StateNeed { type_id, type_name: name, .. } = need;
        if self.there(type_id, level) {
            return Ok(());
        }
        let suite = &self.feature.suite;
        let Some(fixture) = suite.registry().fixture(type_id)? else {
            if level != Scope::Scenario {
                return Err(state(format!(
                    "`{name}` belongs to one scenario, but `{}` runs for more: make it with a `#[fixture(scope = suite)]`",
                    call.callee.function
                )));
            }
            let value = (need.by_default)().ok_or_else(|| {
                state(format!("`{name}` is made by a `#[fixture]` function that is not linked"))
            })?;
            self.world.put(type_id, value);
            return Ok(());
        };
        if fixture.scope < level {
            return Err(state(format!(
                "`{name}` lives for one {}, but it is wanted for a whole {}: widen the scope of `{}` ({})",
                word(fixture.scope),
                word(level),
                fixture.function,
                fixture.place(),
            )));
        }
        if chain.iter().any(|(id, _)| *id == type_id) {
            let mut names: Vec<&str> = chain.iter().map(|(_, name)| *name).collect();
            names.push(name);
            return Err(state(format!(
                "fixtures need each other in a circle: {}",
                names.join(" -> ")
            )));
        }
        chain.push((type_id, name));
        let made = match fixture.scope {
            Scope::Scenario => self.made(fixture, call, deadline, chain).map(|made| {
                if let Made::Own(value) = made {
                    self.world.put(type_id, value);
                }
            }),
            Scope::Feature | Scope::Suite => {
                let shared = match fixture.scope {
                    Scope::Suite => &suite.shared,
                    _ => &self.feature.shared,
                };
                shared.make(type_id, || match self.made(fixture, call, deadline, chain)? {
                    Made::Shared(value) => Ok(value),
                    Made::Own(_) => Err(state(format!("`{name}` was made for one scenario"))),
                })
            }
        };
        chain.pop();
        made
    }

    fn there(&self, type_id: TypeId, level: Scope) -> bool {
        (level == Scope::Scenario && self.world.holds(type_id))
            || (level <= Scope::Feature && self.feature.shared.get(type_id).is_some())
            || self.feature.suite.shared.get(type_id).is_some()
    }

    fn made(
        &self,
        fixture: &'static FixtureDefinition,
        call: &Call<'_>,
        deadline: Instant,
        chain: &mut Vec<(TypeId, &'static str)>,
    ) -> Result<Made, Outcome> {
        let states: &mut StateVisitor<'_> =
            &mut |need| self.make(need, call, fixture.scope, deadline, chain);
        fixture.body.each_state(states)?;
        let callee = Callee {
            function: fixture.function,
            at: fixture.at,
            groups: &[],
            argument: ArgumentNeed::Nothing,
            pattern: "",
        };
        let invocation =
            Invocation { callee, captures: &[], argument: None, ..self.invocation(call) };
        let made = self.run(fixture.body, &invocation, call.limit, deadline);
        made.map_err(|outcome| match outcome {
            Outcome::Failed(failure) => {
                let Failure { message, .. } = &failure;
                let place = fixture.place();
                let message = format!("fixture `{}` ({place}): {message}", fixture.function);
                Outcome::Failed(Failure { kind: FailureKind::State, message, ..failure })
            }
            other => other,
        })
    }
}

/// A deadline that no step reaches.
const FAR: Duration = Duration::from_secs(365 * 24 * 3600);

fn word(scope: Scope) -> &'static str {
    match scope {
        Scope::Scenario => "scenario",
        Scope::Feature => "feature",
        Scope::Suite => "suite",
    }
}

fn state(message: String) -> Outcome {
    Failure::new(FailureKind::State, message).into()
}
