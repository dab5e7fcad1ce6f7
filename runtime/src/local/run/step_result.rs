//! Results of steps, as the reports receive them.

use std::borrow::Cow;
use std::io;
use std::ops::Range;

use crate::engine::{MatchedStep, StepCall, StepDefinition};
use crate::model::{Failure, FailureKind, Outcome, Step, StepMatch};

pub(super) fn step_call(step: &Step) -> StepCall {
    StepCall {
        keyword: step.keyword,
        text: step.text.clone(),
        argument: step.argument.clone(),
        location: Some(step.location.clone()),
        process: None,
    }
}

pub(super) fn step_match(
    definition: &StepDefinition,
    captures: Vec<Option<Range<usize>>>,
) -> StepMatch {
    StepMatch {
        pattern: Cow::Borrowed(definition.pattern.source),
        function: Cow::Borrowed(definition.function),
        file: Cow::Borrowed(definition.at.file),
        line: definition.at.line,
        captures,
        parameters: definition.parameters(),
    }
}

pub(super) fn matched_step(matched: MatchedStep) -> StepMatch {
    step_match(matched.definition, matched.captures)
}

pub(super) fn skipped(reason: Option<&str>) -> Outcome {
    Outcome::Skipped { reason: reason.map(str::to_owned) }
}

pub(super) fn scenario_not_started(error: &io::Error) -> Outcome {
    let message = format!("the scenario could not start: {error}");
    Failure::new(FailureKind::State, message).into()
}

pub(super) fn two_step_arguments() -> Outcome {
    let message = "the step has a table and a doc string; a step function takes one of them";
    Failure::new(FailureKind::Argument, message).into()
}
