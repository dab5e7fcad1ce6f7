//! The `tracing` spans of a run: run, feature, scenario, step and hook.
//!
//! Each has the fields `outcome` and `error`, recorded at its end. A span may stay open longer, on a hung
//! thread: subscribers that measure time should use the record of `outcome` as the end.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::field::{self, Empty};
use tracing::{Span, info_span};

use crate::model::{Failure, Location, Outcome, Scenario, SourceLocation, StepKeyword};

/// The `tracing` target of all spans of this crate.
pub(crate) const TARGET: &str = "harmony_bdd";

/// The span of a run, a feature or a scenario, with the worst outcome recorded inside.
#[derive(Debug, Clone)]
pub(crate) struct Scope {
    span: Span,
    recorded: Arc<Mutex<Recorded>>,
}

#[derive(Debug, Default)]
struct Recorded {
    /// The worst outcome so far: the first failure, or else the first that did not pass.
    worst: Option<Outcome>,
    ended: bool,
}

/// The fields of a step's span.
#[derive(Debug)]
pub(crate) struct StepFields<'a> {
    /// The purpose of the step.
    pub(crate) keyword: Option<StepKeyword>,
    /// The text after the keyword.
    pub(crate) text: &'a str,
    /// The location of the step.
    pub(crate) location: Option<&'a Location>,
    /// The process role it was sent to.
    pub(crate) process: Option<&'a str>,
    /// File and line of its definition.
    pub(crate) definition: Option<(&'a str, u32)>,
}

impl Scope {
    /// Returns a disabled span.
    pub(crate) fn none() -> Self {
        Self::from_span(Span::none())
    }

    /// Creates the span of a run, with the number of scenarios if it is known.
    pub(crate) fn run(scenarios: Option<usize>) -> Self {
        Self::from_span(info_span!(
            target: TARGET,
            "run",
            scenarios,
            outcome = Empty,
            error = Empty,
            otel.status_code = Empty,
            otel.status_description = Empty,
        ))
    }

    /// Creates the span of a feature in this run.
    pub(crate) fn feature(&self, name: &str, path: &str) -> Self {
        Self::from_span(info_span!(
            target: TARGET,
            parent: &self.span,
            "feature",
            otel.name = name_for_otel("Feature:", name),
            name,
            path,
            outcome = Empty,
            error = Empty,
            otel.status_code = Empty,
            otel.status_description = Empty,
        ))
    }

    /// Creates the span of a scenario in this feature, after `attempt` earlier attempts.
    pub(crate) fn scenario(&self, scenario: &Scenario, attempt: u32) -> Self {
        let location = scenario.example_row.as_ref().unwrap_or(&scenario.location);
        let tags = || {
            let tags: Vec<_> = scenario.tags.iter().map(|tag| tag.name.as_str()).collect();
            tags.join(" ")
        };
        Self::from_span(info_span!(
            target: TARGET,
            parent: &self.span,
            "scenario",
            otel.name = name_for_otel("Scenario:", &scenario.name),
            name = scenario.name,
            location = %location,
            tags = tags(),
            attempt,
            outcome = Empty,
            error = Empty,
            otel.status_code = Empty,
            otel.status_description = Empty,
        ))
    }

    /// Creates the span of a scenario of which only name and role are known.
    pub(crate) fn scenario_named(&self, name: &str, role: Option<&str>) -> Self {
        Self::from_span(info_span!(
            target: TARGET,
            parent: &self.span,
            "scenario",
            otel.name = name_for_otel("Scenario:", name),
            name,
            process = role,
            outcome = Empty,
            error = Empty,
            otel.status_code = Empty,
            otel.status_description = Empty,
        ))
    }

    /// Returns whether no subscriber has enabled the span.
    pub(crate) fn is_none(&self) -> bool {
        self.span.is_disabled()
    }

    /// Enters the span on this thread until the returned guard is dropped.
    pub(crate) fn enter(&self) -> tracing::span::Entered<'_> {
        self.span.enter()
    }

    /// Records an outcome inside the span.
    pub(crate) fn record_outcome(&self, outcome: &Outcome) {
        if self.is_none() || outcome.is_passed() {
            return;
        }
        let mut recorded = self.recorded.lock().unwrap_or_else(PoisonError::into_inner);
        if recorded.worst.as_ref().is_none_or(|worst| !worst.is_failure() && outcome.is_failure()) {
            recorded.worst = Some(outcome.clone());
        }
    }

    /// Records a failure inside the span.
    pub(crate) fn record_failure(&self, failure: &Failure) {
        if !self.is_none() {
            self.record_outcome(&Outcome::Failed(failure.clone()));
        }
    }

    /// Ends the span with the worst outcome recorded; only the first call has an effect.
    pub(crate) fn end(&self) {
        self.end_as(None);
    }

    /// Ends a span that was interrupted, unless a failure was recorded.
    pub(crate) fn end_interrupted(&self) {
        self.end_as(Some("interrupted"));
    }

    fn from_span(span: Span) -> Self {
        Self { span, recorded: Arc::default() }
    }

    fn end_as(&self, unless_failed: Option<&str>) {
        if self.is_none() {
            return;
        }
        let mut recorded = self.recorded.lock().unwrap_or_else(PoisonError::into_inner);
        if std::mem::replace(&mut recorded.ended, true) {
            return;
        }
        let outcome = recorded.worst.take().unwrap_or(Outcome::Passed);
        drop(recorded);
        // A collector takes the last exit of a span as its end, which may be earlier, as for a feature.
        self.span.in_scope(|| ());
        match unless_failed.filter(|_| !outcome.is_failure()) {
            Some(word) => {
                self.span.record("outcome", word);
            }
            None => end(&self.span, &outcome),
        }
    }
}

/// Creates the span of a step, inside the current span.
pub(crate) fn step(fields: &StepFields<'_>) -> Span {
    let StepFields { keyword, text, location, process, definition } = fields;
    let keyword = || keyword.map_or("*", StepKeyword::as_str);
    info_span!(
        target: TARGET,
        "step",
        otel.name = name_for_otel(keyword(), text),
        keyword = keyword(),
        text,
        location = location.map(field::display),
        process,
        definition = definition.map(|(file, line)| field::display(SourceLine { file, line })),
        outcome = Empty,
        error = Empty,
        otel.status_code = Empty,
        otel.status_description = Empty,
    )
}

/// A source line, formatted only if a subscriber has enabled the span.
struct SourceLine<'a> {
    file: &'a str,
    line: u32,
}

impl fmt::Display for SourceLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// Creates the span of a hook, inside the current span; `when` is a text such as "before the scenario".
pub(crate) fn hook(function: &str, when: &str, definition: &SourceLocation) -> Span {
    info_span!(
        target: TARGET,
        "hook",
        otel.name = name_for_otel(when, function),
        function,
        when,
        definition = %definition,
        outcome = Empty,
        error = Empty,
        otel.status_code = Empty,
        otel.status_description = Empty,
    )
}

/// Ends the span of a step or hook. The outcome is recorded last, as it marks the end.
pub(crate) fn end(span: &Span, outcome: &Outcome) {
    if span.is_disabled() {
        return;
    }
    if outcome.is_failure() {
        let reason = outcome.to_string();
        let reason = reason.lines().next().unwrap_or_default();
        span.record("error", reason);
        if cfg!(feature = "opentelemetry") {
            span.record("otel.status_code", "error");
            span.record("otel.status_description", reason);
        }
    }
    span.record("outcome", outcome.as_str());
}

/// Returns the display name for OpenTelemetry; other subscribers use the name and fields of the span.
fn name_for_otel(kind: &str, name: &str) -> Option<String> {
    cfg!(feature = "opentelemetry").then(|| format!("{kind} {name}"))
}
