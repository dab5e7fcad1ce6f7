//! The spans of a run for everybody who listens by `tracing`: run, feature, scenario, step, hook.
//!
//! Each has the fields `outcome` and `error`, recorded when it is over. A span may stay open after
//! that, on a thread that hangs: who measures takes the outcome for the end.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::field::{self, Empty};
use tracing::{Span, info_span};

use crate::model::{CodePlace, Failure, Outcome, Place, Scenario, StepKeyword};

/// The target of all spans of this crate.
pub const TARGET: &str = "harmony_bdd";

/// The span of a run, a feature or a scenario, with the worst outcome seen inside.
#[derive(Debug, Clone)]
pub(crate) struct Scope {
    span: Span,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Debug, Default)]
struct Seen {
    /// The worst so far: the first that is red, or else the first that did not pass.
    worst: Option<Outcome>,
    ended: bool,
}

/// What is known of a step when it begins.
#[derive(Debug)]
pub(crate) struct StepFields<'a> {
    /// What the step is for.
    pub(crate) keyword: Option<StepKeyword>,
    /// The text after the keyword.
    pub(crate) text: &'a str,
    /// Where it stands.
    pub(crate) place: Option<&'a Place>,
    /// The process role it was sent to.
    pub(crate) process: Option<&'a str>,
    /// File and line of its definition.
    pub(crate) definition: Option<(&'a str, u32)>,
}

impl Scope {
    /// No span, for what has none.
    pub(crate) fn none() -> Self {
        Self::of(Span::none())
    }

    /// The span of a run over so many scenarios, where that is known.
    pub(crate) fn run(scenarios: Option<usize>) -> Self {
        Self::of(info_span!(
            target: TARGET,
            "run",
            scenarios,
            outcome = Empty,
            error = Empty,
            otel.status_code = Empty,
            otel.status_description = Empty,
        ))
    }

    /// A feature in this run.
    pub(crate) fn feature(&self, name: &str, path: &str) -> Self {
        Self::of(info_span!(
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

    /// A scenario in this feature, tried `attempt` times before.
    pub(crate) fn scenario(&self, scenario: &Scenario, attempt: u32) -> Self {
        let place = scenario.example.as_ref().unwrap_or(&scenario.place);
        let tags = || {
            let tags: Vec<_> = scenario.tags.iter().map(|tag| tag.name.as_str()).collect();
            tags.join(" ")
        };
        Self::of(info_span!(
            target: TARGET,
            parent: &self.span,
            "scenario",
            otel.name = name_for_otel("Scenario:", &scenario.name),
            name = scenario.name,
            place = %place,
            tags = tags(),
            attempt,
            outcome = Empty,
            error = Empty,
            otel.status_code = Empty,
            otel.status_description = Empty,
        ))
    }

    /// A scenario of which only this much is known.
    pub(crate) fn scenario_named(&self, name: &str, role: Option<&str>) -> Self {
        Self::of(info_span!(
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

    /// Whether nobody listens to it.
    pub(crate) fn is_none(&self) -> bool {
        self.span.is_disabled()
    }

    /// What runs on this thread is inside, until the value is dropped.
    pub(crate) fn enter(&self) -> tracing::span::Entered<'_> {
        self.span.enter()
    }

    /// Something inside came to this outcome.
    pub(crate) fn saw(&self, outcome: &Outcome) {
        if self.is_none() || outcome.is_passed() {
            return;
        }
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.worst.as_ref().is_none_or(|worst| !worst.is_red() && outcome.is_red()) {
            seen.worst = Some(outcome.clone());
        }
    }

    /// Something inside went wrong.
    pub(crate) fn saw_failure(&self, failure: &Failure) {
        if !self.is_none() {
            self.saw(&Outcome::Failed(failure.clone()));
        }
    }

    /// Ends it with the worst outcome seen; only the first end counts.
    pub(crate) fn end(&self) {
        self.end_as(None);
    }

    /// Ends what was stopped from outside before it was complete.
    pub(crate) fn end_interrupted(&self) {
        self.end_as(Some("interrupted"));
    }

    fn of(span: Span) -> Self {
        Self { span, seen: Arc::default() }
    }

    fn end_as(&self, unless_red: Option<&str>) {
        if self.is_none() {
            return;
        }
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if std::mem::replace(&mut seen.ended, true) {
            return;
        }
        let outcome = seen.worst.take().unwrap_or(Outcome::Passed);
        drop(seen);
        // For a collector a span that was left before, as that of a feature is, ended then.
        self.span.in_scope(|| ());
        match unless_red.filter(|_| !outcome.is_red()) {
            Some(word) => {
                self.span.record("outcome", word);
            }
            None => end(&self.span, &outcome),
        }
    }
}

/// The span of a step, inside that of the calling thread.
pub(crate) fn step(fields: &StepFields<'_>) -> Span {
    let StepFields { keyword, text, place, process, definition } = fields;
    let keyword = || keyword.map_or("*", StepKeyword::word);
    info_span!(
        target: TARGET,
        "step",
        otel.name = name_for_otel(keyword(), text),
        keyword = keyword(),
        text,
        place = place.map(field::display),
        process,
        definition = definition.map(|(file, line)| field::display(Line { file, line })),
        outcome = Empty,
        error = Empty,
        otel.status_code = Empty,
        otel.status_description = Empty,
    )
}

/// A line of code, written only for those who listen.
struct Line<'a> {
    file: &'a str,
    line: u32,
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// The span of a hook, inside that of the calling thread; `when` as in "before the scenario".
pub(crate) fn hook(function: &str, when: &str, definition: &CodePlace) -> Span {
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

/// Ends a step or a hook. The outcome comes last: with it the span is over for who measures.
pub(crate) fn end(span: &Span, outcome: &Outcome) {
    if span.is_disabled() {
        return;
    }
    if outcome.is_red() {
        let reason = outcome.to_string();
        let reason = reason.lines().next().unwrap_or_default();
        span.record("error", reason);
        if cfg!(feature = "opentelemetry") {
            span.record("otel.status_code", "error");
            span.record("otel.status_description", reason);
        }
    }
    span.record("outcome", outcome.word());
}

/// A name to show in a list of spans; other listeners have the name of the kind and the fields.
fn name_for_otel(kind: &str, name: &str) -> Option<String> {
    cfg!(feature = "opentelemetry").then(|| format!("{kind} {name}"))
}
