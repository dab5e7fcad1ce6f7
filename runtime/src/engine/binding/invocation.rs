//! One call of a step, hook or fixture, from which inputs read their arguments.

use std::any::{TypeId, type_name};
use std::borrow::Cow;
use std::fmt::Display;
use std::ops::Range;

use super::capture::CaptureParameter;
use super::context::StepContext;
use super::expected_error::{Expected, Find};
use super::function_info::{FunctionInfo, StepArgumentKind};
use super::into_outcome::IntoOutcome;
use crate::engine::state::{Caught, CaughtError, StateMut, StateRef, States};
use crate::model::{
    ConversionError, DataTable, DocString, Failure, FailureKind, Location, Outcome, StepArgument,
};

/// One call of a step, hook or fixture.
#[derive(Debug)]
pub struct Invocation<'a> {
    pub(in crate::engine) function_info: FunctionInfo,
    pub(in crate::engine) captures: &'a [Option<Range<usize>>],
    pub(in crate::engine) argument: Option<&'a StepArgument>,
    pub(in crate::engine) states: States<'a>,
    pub(in crate::engine) context: &'a StepContext,
    pub(in crate::engine) so_far: Option<&'a Outcome>,
}

impl<'a> Invocation<'a> {
    /// Returns the text of a capture, counted from 0; `None` for a group that did not take part in the match.
    pub fn text(&self, group: usize) -> Option<Cow<'a, str>> {
        let range = self.captures.get(group)?.clone()?;
        let text = self.context.text().get(range)?;
        let quoted = self.function_info.groups.get(group).is_some_and(|g| g.quoted);
        Some(if quoted { unquoted(text) } else { Cow::Borrowed(text) })
    }

    /// Returns the number of captures of the pattern.
    pub fn capture_count(&self) -> usize {
        self.captures.len()
    }

    pub(super) fn required(&self, capture: &CaptureParameter) -> Result<Cow<'a, str>, Outcome> {
        match self.text(capture.group) {
            Some(text) => Ok(text),
            None => {
                let expected_type = capture.expected_type;
                let reason = format!(
                    "the group did not take part in the match; use an `Option<{expected_type}>`"
                );
                Err(self.conversion_error(capture, "", reason))
            }
        }
    }

    /// Borrows a state.
    pub(super) fn state<T: 'static>(&self) -> Result<StateRef<'a, T>, Outcome> {
        self.states.get().ok_or_else(missing_state::<T>)
    }

    /// Borrows a state mutably; only the scenario's own states allow that.
    pub(super) fn state_mut<T: 'static>(&self) -> Result<StateMut<'a, T>, Outcome> {
        if let Some(own) = self.states.world.take() {
            return Ok(own);
        }
        if self.state::<T>().is_err() {
            return Err(missing_state::<T>());
        }
        Err(failed(
            FailureKind::State,
            format!(
                "`{0}` is shared by several scenarios, but `{1}` takes `&mut {0}`: take `&{0}` and keep what changes in a `Mutex`",
                type_name::<T>(),
                self.function_info.function
            ),
        ))
    }

    /// Converts the result of a function marked `catch(E)` into the outcome of its step. The error is found
    /// by `find` or by `downcast`.
    pub fn catch<E, T, R>(
        &self,
        expected: Expected<E, T, R>,
        find: Find<E, R>,
        downcast: fn(&R) -> Option<&E>,
    ) -> Outcome
    where
        E: 'static,
        T: IntoOutcome,
        R: Display + 'static,
    {
        let error = match expected.returned {
            Ok(value) => return value.into_outcome(),
            Err(error) => error,
        };
        match CaughtError::new(error, [find.find, downcast], find.text) {
            Err(other) => failed(
                FailureKind::Error,
                format!("{other} (`catch` expects `{}`)", short_type_name::<E>()),
            ),
            Ok(error) => {
                if !self.states.world.holds(TypeId::of::<Caught>()) {
                    self.states.world.put(TypeId::of::<Caught>(), Box::new(Caught::default()));
                }
                match self.states.world.take::<Caught>() {
                    Some(mut caught) => {
                        caught.push(error);
                        Outcome::Passed
                    }
                    None => missing_state::<Caught>(),
                }
            }
        }
    }

    /// Returns the step's table, if it has one.
    pub(super) fn table(&self) -> Option<&'a DataTable> {
        match self.argument {
            Some(StepArgument::DataTable(table)) => Some(table),
            _ => None,
        }
    }

    pub(super) fn required_table(&self, parameter: &str) -> Result<&'a DataTable, Outcome> {
        self.table().ok_or_else(|| self.missing_argument("data table", parameter))
    }

    /// Returns the step's doc string, if it has one.
    pub(super) fn doc_string(&self) -> Option<&'a DocString> {
        match self.argument {
            Some(StepArgument::DocString(text)) => Some(text),
            _ => None,
        }
    }

    pub(super) fn required_doc_string(&self, parameter: &str) -> Result<&'a DocString, Outcome> {
        self.doc_string().ok_or_else(|| self.missing_argument("doc string", parameter))
    }

    /// Checks that the function takes the argument below the step's line, so that nothing is lost.
    pub(in crate::engine) fn check_argument(&self) -> Result<(), Outcome> {
        let carried = match self.argument {
            None => return Ok(()),
            Some(StepArgument::DataTable(_)) => StepArgumentKind::Table,
            Some(StepArgument::DocString(_)) => StepArgumentKind::DocString,
        };
        if carried == self.function_info.argument {
            return Ok(());
        }
        let (what, parameter) = match carried {
            StepArgumentKind::DocString => ("doc string", "text: &DocString"),
            _ => ("data table", "table: &DataTable"),
        };
        let function = self.function_info.function;
        Err(wrong_argument(format!(
            "the step has a {what}, but `{function}` ({}) does not take it: add a parameter `{parameter}`",
            self.function_info.candidate().location
        )))
    }

    pub(super) fn conversion_error(
        &self,
        capture: &CaptureParameter,
        text: &str,
        reason: String,
    ) -> Outcome {
        let conversion_error = ConversionError {
            number: capture.group + 1,
            text: text.to_owned(),
            range: self.captures.get(capture.group).cloned().flatten(),
            parameter: capture.parameter.to_owned(),
            expected_type: capture.expected_type.to_owned(),
            reason,
            definition: self.function_info.candidate(),
        };
        Failure::from(conversion_error).into()
    }

    /// Returns the outcome of a step whose table or doc string does not fit the parameter.
    pub(super) fn does_not_fit(
        &self,
        what: &str,
        location: &Location,
        parameter: &str,
        reason: &str,
    ) -> Outcome {
        wrong_argument(format!(
            "the {what} at {location} does not fit parameter `{parameter}` of `{}` ({}): {reason}",
            self.function_info.function,
            self.function_info.candidate().location
        ))
    }

    fn missing_argument(&self, what: &str, parameter: &str) -> Outcome {
        let function = self.function_info.function;
        wrong_argument(format!(
            "parameter `{parameter}` of `{function}` ({}) needs a {what}, but the step has none",
            self.function_info.candidate().location
        ))
    }
}

/// Returns the text between the quotes, with escaped quotes resolved.
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

/// Returns the name of a type without the modules in front of it.
fn short_type_name<T>() -> &'static str {
    let name = type_name::<T>();
    let end = name.find('<').unwrap_or(name.len());
    let start = name[..end].rfind("::").map_or(0, |at| at + 2);
    &name[start..]
}

fn missing_state<T>() -> Outcome {
    let name = type_name::<T>();
    failed(
        FailureKind::State,
        format!("state `{name}` is not available, or is already borrowed by this step"),
    )
}

fn wrong_argument(message: String) -> Outcome {
    failed(FailureKind::Argument, message)
}

fn failed(kind: FailureKind, message: String) -> Outcome {
    Failure::new(kind, message).into()
}
