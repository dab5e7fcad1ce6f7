//! One step from its text to its result.

use std::time::Duration;

use crate::engine::definition::StepDefinition;
use crate::engine::matching::{Match, MatchedStep, Registry, snippet};
use crate::model::{
    Attachment, Failure, FailureKind, Location, LogRecord, Outcome, Scenario, StepArgument,
    StepKeyword,
};
use crate::observe::StepLog;
use crate::observe::span;

/// A step to execute, from whichever runner.
#[derive(Debug, Clone, Default)]
pub struct StepCall {
    /// Keyword of the step, used only by messages and snippets.
    pub keyword: Option<StepKeyword>,
    /// Text after the keyword.
    pub text: String,
    /// Table or doc string below the step's line.
    pub argument: Option<StepArgument>,
    /// Location of the step, if it is known.
    pub location: Option<Location>,
    /// Process role to which the step was sent.
    pub process: Option<String>,
}

/// The result of executing a step.
#[derive(Debug)]
pub struct StepExecution {
    /// Outcome of the step.
    pub outcome: Outcome,
    /// Duration of the step, its hooks included.
    pub duration: Duration,
    /// Log records of the step and its hooks.
    pub logs: Vec<LogRecord>,
    /// Attachments of the step and its hooks.
    pub attachments: Vec<Attachment>,
    /// Definition that ran.
    pub definition: Option<&'static StepDefinition>,
}

/// A step whose definition has been looked up, so that its deadline is known before it runs.
#[derive(Debug)]
pub struct ResolvedStep {
    pub(super) call: StepCall,
    /// The definition, or the outcome of a step without one.
    pub(super) found: Result<MatchedStep, Outcome>,
    pub(super) limit: Duration,
    pub(super) running: RunningStep,
}

/// A running step, for the runner that may have to abandon its thread.
#[derive(Debug, Clone)]
pub struct RunningStep {
    pub(super) step_log: StepLog,
    pub(super) span: tracing::Span,
}

impl RunningStep {
    /// Ends the step with this outcome: ends its span and returns its log records and attachments, or
    /// `None` if it has ended already.
    pub fn finish(&self, outcome: &Outcome) -> Option<(Vec<LogRecord>, Vec<Attachment>)> {
        let written = self.step_log.close()?;
        span::end(&self.span, outcome);
        Some(written)
    }
}

impl ResolvedStep {
    /// Finds the definition of `call`, a step of `scenario`, and its timeout, which defaults to `limit`.
    pub fn resolve(
        registry: &Registry,
        scenario: Option<&Scenario>,
        call: StepCall,
        limit: Duration,
    ) -> Self {
        let StepCall { keyword, text, argument, .. } = &call;
        let found = match registry.find_in(scenario, text) {
            Ok(Match::Unique(matched)) => Ok(matched),
            Ok(Match::Undefined(suggestions)) => {
                let snippet = snippet(*keyword, text, argument.as_ref());
                Err(Outcome::Undefined { suggestions, snippet })
            }
            Ok(Match::Ambiguous(candidates)) => Err(Outcome::Ambiguous { candidates }),
            Err(error) => Err(Failure::new(FailureKind::State, error.to_string()).into()),
        };
        let own_limit = found.as_ref().ok().and_then(|m| m.definition.options.timeout_ms);
        let limit = own_limit.map_or(limit, Duration::from_millis);
        let running = RunningStep { step_log: StepLog::default(), span: tracing::Span::none() };
        Self { call, found, limit, running }
    }

    /// Returns the outcome of a step that does not have exactly one definition.
    pub fn unresolved_outcome(&self) -> Option<&Outcome> {
        self.found.as_ref().err()
    }

    /// Returns the definition of a step that has exactly one.
    pub fn definition(&self) -> Option<&'static StepDefinition> {
        self.found.as_ref().ok().map(|matched| matched.definition)
    }

    /// Returns the timeout of the step.
    pub fn timeout(&self) -> Duration {
        self.limit
    }

    /// Sets the timeout of the step, also if its definition has one.
    pub fn set_timeout(&mut self, limit: Duration) {
        self.limit = limit;
    }

    /// Returns the step to execute.
    pub fn call(&self) -> &StepCall {
        &self.call
    }

    /// Returns the running step.
    pub fn running(&self) -> &RunningStep {
        &self.running
    }
}
