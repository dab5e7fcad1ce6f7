//! Results of steps, as the reports receive them.

use std::io;

use crate::engine::StepCall;
use crate::model::{Failure, FailureKind, Outcome, Step};

pub(super) fn step_call(step: &Step) -> StepCall {
    StepCall {
        keyword: step.keyword,
        text: step.text.clone(),
        argument: step.argument.clone(),
        location: Some(step.location.clone()),
        process: None,
    }
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
