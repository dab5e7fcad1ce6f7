//! What the inputs of a function are taken from: one call of a step, hook or fixture.

use std::any::{TypeId, type_name};
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use super::caught::expected;
use super::definition::Callee;
use super::input::Capture;
use super::suite::FeatureScope;
use super::{ArgumentNeed, Caught, IntoOutcome, StateMut, StateRef, StepContext, World};
use crate::model::{
    DataTable, DocString, Failure, FailureKind, Misfit, Outcome, Place, StepArgument,
};

/// One call of a step, hook or fixture.
#[derive(Debug)]
pub struct Invocation<'a> {
    pub(super) callee: Callee,
    pub(super) captures: &'a [Option<Range<usize>>],
    pub(super) argument: Option<&'a StepArgument>,
    pub(super) world: &'a World,
    pub(super) feature: &'a Arc<FeatureScope>,
    pub(super) context: &'a StepContext,
    pub(super) so_far: Option<&'a Outcome>,
}

impl<'a> Invocation<'a> {
    /// The text of a capture, counted from 0; `None` for a group that took no part.
    pub fn text(&self, group: usize) -> Option<Cow<'a, str>> {
        let range = self.captures.get(group)?.clone()?;
        let text = self.context.text().get(range)?;
        let quoted = self.callee.groups.get(group).is_some_and(|g| g.quoted);
        Some(if quoted { unquoted(text) } else { Cow::Borrowed(text) })
    }

    /// How many captures the pattern has.
    pub fn capture_count(&self) -> usize {
        self.captures.len()
    }

    pub(super) fn required(&self, capture: &Capture) -> Result<Cow<'a, str>, Outcome> {
        match self.text(capture.group) {
            Some(text) => Ok(text),
            None => {
                let wanted = capture.wanted;
                let reason =
                    format!("the group took no part in the match; take an `Option<{wanted}>`");
                Err(self.misfit(capture, "", reason))
            }
        }
    }

    /// A state to look at.
    pub(super) fn state<T: 'static>(&self) -> Result<StateRef<'a, T>, Outcome> {
        if let Some(own) = self.world.take() {
            return Ok(StateRef::own(own));
        }
        let type_id = TypeId::of::<T>();
        let shared = self.feature.shared.get(type_id);
        let shared = shared.or_else(|| self.feature.suite.shared.get(type_id));
        shared.and_then(StateRef::shared).ok_or_else(missing_state::<T>)
    }

    /// A state to change, which only the scenario's own is.
    pub(super) fn state_mut<T: 'static>(&self) -> Result<StateMut<'a, T>, Outcome> {
        if let Some(own) = self.world.take() {
            return Ok(own);
        }
        if self.state::<T>().is_err() {
            return Err(missing_state::<T>());
        }
        Err(failed(
            FailureKind::State,
            format!(
                "`{0}` is shared by several scenarios, but `{1}` takes `&mut {0}`: take it by `&` and put what changes into a `Mutex`",
                type_name::<T>(),
                self.callee.function
            ),
        ))
    }

    /// What a function marked `catch(E)` returned, as the outcome of its step.
    pub fn catch<E, T, R>(&self, returned: Result<T, R>) -> Outcome
    where
        E: std::error::Error + 'static,
        T: IntoOutcome,
        R: std::fmt::Display + 'static,
    {
        match returned.map_err(expected::<E, R>) {
            Ok(value) => value.into_outcome(),
            Err(Err(other)) => Err::<(), R>(other).into_outcome(),
            Err(Ok(error)) => {
                if !self.world.holds(TypeId::of::<Caught>()) {
                    self.world.put(TypeId::of::<Caught>(), Box::new(Caught::default()));
                }
                match self.world.take::<Caught>() {
                    Some(mut caught) => {
                        caught.push(error);
                        Outcome::Passed
                    }
                    None => missing_state::<Caught>(),
                }
            }
        }
    }

    /// The step's table, where it carries one.
    pub(super) fn table(&self) -> Option<&'a DataTable> {
        match self.argument {
            Some(StepArgument::DataTable(table)) => Some(table),
            _ => None,
        }
    }

    pub(super) fn required_table(&self, parameter: &str) -> Result<&'a DataTable, Outcome> {
        self.table().ok_or_else(|| self.missing_argument("data table", parameter))
    }

    /// The step's doc string, where it carries one.
    pub(super) fn doc_string(&self) -> Option<&'a DocString> {
        match self.argument {
            Some(StepArgument::DocString(text)) => Some(text),
            _ => None,
        }
    }

    pub(super) fn required_doc_string(&self, parameter: &str) -> Result<&'a DocString, Outcome> {
        self.doc_string().ok_or_else(|| self.missing_argument("doc string", parameter))
    }

    /// Whether the function takes what the step carries below its line, so that nothing is lost.
    pub(super) fn check_argument(&self) -> Result<(), Outcome> {
        let carried = match self.argument {
            None => return Ok(()),
            Some(StepArgument::DataTable(_)) => ArgumentNeed::Table,
            Some(StepArgument::DocString(_)) => ArgumentNeed::DocString,
        };
        if carried == self.callee.argument {
            return Ok(());
        }
        let (what, parameter) = match carried {
            ArgumentNeed::DocString => ("doc string", "text: &DocString"),
            _ => ("data table", "table: &DataTable"),
        };
        let function = self.callee.function;
        Err(wrong_argument(format!(
            "the step carries a {what}, but `{function}` ({}) does not take it: add a parameter `{parameter}`",
            self.callee.candidate().place
        )))
    }

    pub(super) fn misfit(&self, capture: &Capture, text: &str, reason: String) -> Outcome {
        let misfit = Misfit {
            number: capture.group + 1,
            text: text.to_owned(),
            range: self.captures.get(capture.group).cloned().flatten(),
            parameter: capture.parameter.to_owned(),
            wanted: capture.wanted.to_owned(),
            reason,
            definition: self.callee.candidate(),
        };
        Failure::from(misfit).into()
    }

    /// What stands below the step's line is there, and does not fit.
    pub(super) fn does_not_fit(
        &self,
        what: &str,
        place: &Place,
        parameter: &str,
        reason: &str,
    ) -> Outcome {
        wrong_argument(format!(
            "the {what} at {place} does not fit parameter `{parameter}` of `{}` ({}): {reason}",
            self.callee.function,
            self.callee.candidate().place
        ))
    }

    fn missing_argument(&self, what: &str, parameter: &str) -> Outcome {
        let function = self.callee.function;
        wrong_argument(format!(
            "parameter `{parameter}` of `{function}` ({}) wants a {what}, but the step carries none below its line",
            self.callee.candidate().place
        ))
    }
}

/// The text between the quotes, escaped quotes resolved.
fn unquoted(text: &str) -> Cow<'_, str> {
    let mut characters = text.chars();
    let (Some(quote), Some(_)) = (characters.next(), characters.next_back()) else {
        return Cow::Borrowed(text);
    };
    if !matches!(quote, '"' | '\'') {
        return Cow::Borrowed(text);
    }
    let inner = characters.as_str();
    if inner.contains('\\') {
        Cow::Owned(inner.replace("\\\"", "\"").replace("\\'", "'"))
    } else {
        Cow::Borrowed(inner)
    }
}

fn missing_state<T>() -> Outcome {
    let name = type_name::<T>();
    failed(FailureKind::State, format!("`{name}` is not there, or already taken by this step"))
}

fn wrong_argument(message: String) -> Outcome {
    failed(FailureKind::Argument, message)
}

fn failed(kind: FailureKind, message: String) -> Outcome {
    Failure::new(kind, message).into()
}
