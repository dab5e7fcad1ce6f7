//! Calls of user code: make the states it takes, run it within its deadline, catch its panic.

use std::any::TypeId;
use std::ops::Range;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use super::hook_execution::HookExecution;
use super::hook_progress::HookProgress;
use super::panics::catch_panic;
use crate::engine::binding::{
    Callable, FunctionInfo, Invocation, StateVisitor, StepArgumentKind, StepContext,
};
use crate::engine::deadline::NO_DEADLINE;
use crate::engine::definition::{FixtureDefinition, HookDefinition, StepDefinition};
use crate::engine::matching::Registry;
use crate::engine::state::{
    FixtureScope, FixtureValue, NotMade, SharedRequest, SharedValue, StateRequest, States,
    WaitCycle,
};
use crate::engine::tasks::{ScenarioTasks, SuiteRuntime, TaskScope};
use crate::model::{Failure, FailureKind, HookKind, Outcome, StepArgument};
use crate::observe::output_capture::CaptureSpan;
use crate::observe::span;

/// The environment of a call of user code.
pub(super) struct Executor<'a> {
    pub(super) registry: &'a Registry,
    pub(super) states: States<'a>,
    /// The runtime of the call.
    pub(super) tasks: TaskScope<'a>,
    /// The runtime of fixtures that outlive a scenario.
    pub(super) suite_runtime: &'a SuiteRuntime,
    /// The tasks of the scenario, in a call that belongs to one.
    pub(super) scenario_tasks: Option<&'a ScenarioTasks>,
}

/// One call of user code.
pub(super) struct UserCall<'a> {
    pub(super) function_info: FunctionInfo,
    pub(super) body: Callable<Outcome>,
    pub(super) captures: &'a [Option<Range<usize>>],
    pub(super) argument: Option<&'a StepArgument>,
    pub(super) context: &'a StepContext,
    pub(super) so_far: Option<&'a Outcome>,
    /// Lifetime of the states that it may take.
    pub(super) level: FixtureScope,
    pub(super) limit: Duration,
}

impl Executor<'_> {
    /// Runs a step's definition.
    pub(super) fn step(
        &self,
        definition: &'static StepDefinition,
        captures: &[Option<Range<usize>>],
        argument: Option<&StepArgument>,
        context: &StepContext,
        limit: Duration,
    ) -> Outcome {
        self.call(&UserCall {
            function_info: definition.function_info(),
            body: definition.body,
            captures,
            argument,
            context,
            so_far: None,
            level: FixtureScope::Scenario,
            limit,
        })
    }

    /// Runs the hooks that match `tags`. Before-hooks stop at the first failure; after-hooks and
    /// `before_all` hooks all run.
    pub(super) fn hooks(
        &self,
        hooks: &[&'static HookDefinition],
        level: FixtureScope,
        tags: &[&str],
        context: &dyn Fn() -> StepContext,
        so_far: Option<&Outcome>,
        limit: Duration,
    ) -> Vec<HookExecution> {
        for hook in hooks.iter().filter(|h| h.applies_to(tags.iter().copied())) {
            let context = context();
            let limit = hook.timeout_ms.map_or(limit, Duration::from_millis);
            let started = Instant::now();
            HookProgress::start(hook, limit, context.step_log().clone());
            let capture = CaptureSpan::start();
            // Before the span is created, so that the span records into the log.
            let writing = context.step_log().enter();
            let span = span::hook(hook.function, hook.kind.description(), &hook.location());
            let inside = span.enter();
            let outcome = self.call(&UserCall {
                function_info: hook.function_info(),
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
            drop(writing);
            let passed = outcome.is_passed();
            let (logs, attachments) = context.into_parts();
            let duration = started.elapsed();
            let output = capture.finish();
            HookProgress::finish(HookExecution {
                definition: hook,
                outcome,
                started,
                duration,
                logs,
                attachments,
                output,
            });
            // All `before_all` hooks run: each may have an after-hook that relies on it.
            let is_last = !hook.kind.is_after() && hook.kind != HookKind::BeforeAll;
            if !passed && is_last {
                break;
            }
        }
        HookProgress::take_done()
    }

    fn call(&self, call: &UserCall<'_>) -> Outcome {
        let deadline = Instant::now() + call.limit.min(NO_DEADLINE);
        let invocation = self.invocation(call);
        if let Some(route) = self.tasks.log_route() {
            route.lead_to(call.context.step_log());
        }
        let result = catch_panic(AssertUnwindSafe(|| {
            invocation.check_argument()?;
            self.ensure_states(call, deadline)?;
            self.run(self.tasks, call.body, &invocation, call.limit, deadline)
        }));
        if let Some(tasks) = self.scenario_tasks {
            let FunctionInfo { function, at, .. } = call.function_info;
            tasks.function_ended(|| format!("`{function}` ({})", at.location()));
        }
        match result {
            Ok(result) => result.unwrap_or_else(|outcome| outcome),
            Err(failure) => failure.into(),
        }
    }

    fn invocation<'a>(&'a self, call: &UserCall<'a>) -> Invocation<'a> {
        Invocation {
            function_info: call.function_info,
            captures: call.captures,
            argument: call.argument,
            states: self.states,
            context: call.context,
            so_far: call.so_far,
        }
    }

    fn run<T>(
        &self,
        tasks: TaskScope<'_>,
        body: Callable<T>,
        invocation: &Invocation<'_>,
        limit: Duration,
        deadline: Instant,
    ) -> Result<T, Outcome> {
        // Bodies that spawn tasks, and values that drop what they spawned, need the runtime.
        let _entered = tasks.enter();
        match body {
            Callable::Sync(body) => body.run(invocation),
            Callable::Async(body) => {
                let body = body.run(invocation);
                let mut result = Err(Outcome::TimedOut { limit });
                tasks.block_on(deadline, Box::pin(async { result = body.await }));
                result
            }
        }
    }

    /// Makes the states that a call takes and that do not exist yet.
    fn ensure_states(&self, call: &UserCall<'_>, deadline: Instant) -> Result<(), Outcome> {
        let mut chain = Vec::new();
        call.body.each_state(&mut |need| self.make(need, call, call.level, deadline, &mut chain))
    }

    fn make(
        &self,
        need: &StateRequest,
        call: &UserCall<'_>,
        level: FixtureScope,
        deadline: Instant,
        chain: &mut Vec<(TypeId, &'static str)>,
    ) -> Result<(), Outcome> {
        let &StateRequest { type_id, type_name: name, .. } = need;
        if self.states.holds(type_id, level) {
            return Ok(());
        }
        let Some(fixture) = self.registry.fixture(type_id)? else {
            if level != FixtureScope::Scenario {
                return Err(state_failure(format!(
                    "`{name}` has scenario scope, but `{}` runs for several scenarios: make it with a `#[fixture(scope = suite)]`",
                    call.function_info.function
                )));
            }
            let value = (need.default_value)().ok_or_else(|| {
                state_failure(format!(
                    "the `#[fixture]` function that makes `{name}` is not linked"
                ))
            })?;
            self.states.world.put(type_id, value);
            return Ok(());
        };
        if fixture.scope < level {
            return Err(state_failure(format!(
                "`{name}` has {} scope but is required at {} scope: widen the scope of `{}` ({})",
                fixture.scope.as_str(),
                level.as_str(),
                fixture.function,
                fixture.location(),
            )));
        }
        if chain.iter().any(|(id, _)| *id == type_id) {
            let mut names: Vec<&str> = chain.iter().map(|(_, name)| *name).collect();
            names.push(name);
            return Err(fixture_cycle(&names));
        }
        chain.push((type_id, name));
        let made = match fixture.scope {
            FixtureScope::Scenario => {
                self.run_fixture(self.tasks, fixture, call, deadline, chain).map(|made| {
                    if let FixtureValue::Own(value) = made {
                        self.states.world.put(type_id, value);
                    }
                })
            }
            FixtureScope::Feature | FixtureScope::Suite => {
                self.make_shared(fixture, need, call, deadline, chain)
            }
        };
        chain.pop();
        made
    }

    /// Makes a state that several scenarios share, unless another thread makes it.
    fn make_shared(
        &self,
        fixture: &'static FixtureDefinition,
        need: &StateRequest,
        call: &UserCall<'_>,
        deadline: Instant,
        chain: &mut Vec<(TypeId, &'static str)>,
    ) -> Result<(), Outcome> {
        let shared = match fixture.scope {
            FixtureScope::Suite => self.states.suite,
            _ => self.states.feature,
        };
        let &StateRequest { type_id, type_name, .. } = need;
        let late = state_failure(format!("did not return within {:?}", call.limit));
        let late = in_fixture(fixture, late);
        let request = SharedRequest { type_id, type_name, deadline, late: late.clone() };
        let make = || {
            // Its failure, also a panic, is the reason of every scenario that needs it.
            let made = catch_panic(AssertUnwindSafe(|| {
                self.run_shared_fixture(fixture, call, deadline, chain)
            }));
            match made {
                Ok(Err(Outcome::TimedOut { .. })) => Err(late),
                Ok(made) => made,
                Err(panic) => Err(in_fixture(fixture, panic.into())),
            }
        };
        shared.make(request, make).map_err(|reason| match reason {
            NotMade::Failed(outcome) => outcome,
            NotMade::Cycle(WaitCycle(names)) => fixture_cycle(&names),
        })
    }

    fn run_shared_fixture(
        &self,
        fixture: &'static FixtureDefinition,
        call: &UserCall<'_>,
        deadline: Instant,
        chain: &mut Vec<(TypeId, &'static str)>,
    ) -> Result<SharedValue, Outcome> {
        let no_runtime = |error| state_failure(format!("no async runtime: {error}"));
        let runtime = self.suite_runtime.handle().map_err(no_runtime)?;
        let tasks = self.suite_runtime.scope(&runtime);
        match self.run_fixture(tasks, fixture, call, deadline, chain)? {
            FixtureValue::Shared(value) => Ok(value),
            FixtureValue::Own(_) => Err(state_failure(format!(
                "the fixture `{}` made a value for one scenario",
                fixture.function
            ))),
        }
    }

    fn run_fixture(
        &self,
        tasks: TaskScope<'_>,
        fixture: &'static FixtureDefinition,
        call: &UserCall<'_>,
        deadline: Instant,
        chain: &mut Vec<(TypeId, &'static str)>,
    ) -> Result<FixtureValue, Outcome> {
        let states: &mut StateVisitor<'_> =
            &mut |need| self.make(need, call, fixture.scope, deadline, chain);
        fixture.body.each_state(states)?;
        let function_info = FunctionInfo {
            function: fixture.function,
            at: fixture.at,
            groups: &[],
            argument: StepArgumentKind::Nothing,
            pattern: "",
        };
        let invocation =
            Invocation { function_info, captures: &[], argument: None, ..self.invocation(call) };
        let made = self.run(tasks, fixture.body, &invocation, call.limit, deadline);
        made.map_err(|outcome| in_fixture(fixture, outcome))
    }
}

/// Adds the name of a fixture to its failure.
fn in_fixture(fixture: &FixtureDefinition, outcome: Outcome) -> Outcome {
    match outcome {
        Outcome::Failed(failure) => {
            let (Failure { message, .. }, location) = (&failure, fixture.location());
            let message = format!("fixture `{}` ({location}): {message}", fixture.function);
            Outcome::Failed(Failure { kind: FailureKind::State, message, ..failure })
        }
        other => other,
    }
}

fn fixture_cycle(names: &[&str]) -> Outcome {
    state_failure(format!("fixture cycle: {}", names.join(" -> ")))
}

fn state_failure(message: String) -> Outcome {
    Failure::new(FailureKind::State, message).into()
}
