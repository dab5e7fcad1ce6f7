//! What a macro-made body gets to work with.

use std::any::{TypeId, type_name};
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use super::caught::expected;
use super::definition::Callee;
use super::suite::FeatureScope;
use super::table::{one_row, rows};
use super::{
    ArgumentNeed, Caught, FromDocString, IntoOutcome, ParameterUse, StateMut, StateRef, StepArg,
    StepContext, TableRow, World,
};
use crate::model::{DataTable, DocString, Failure, FailureKind, Misfit, Outcome, StepArgument};

/// One call of a step, hook or fixture: what its macro-made body gets to work with.
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
    /// How many captures the pattern has.
    pub fn capture_count(&self) -> usize {
        self.captures.len()
    }

    /// A capture as the value a parameter wants.
    ///
    /// # Errors
    /// The outcome of the step when the capture took no part or its text does not fit.
    pub fn arg<T: StepArg>(
        &self,
        index: usize,
        parameter: &'static str,
        wanted: &'static str,
    ) -> Result<T, Outcome> {
        let text = self.required(index, parameter, wanted)?;
        T::from_capture(&text).map_err(|e| self.misfit(index, &text, parameter, wanted, e))
    }

    /// A capture that may have taken no part.
    ///
    /// # Errors
    /// The outcome of the step when its text does not fit.
    pub fn optional_arg<T: StepArg>(
        &self,
        index: usize,
        parameter: &'static str,
        wanted: &'static str,
    ) -> Result<Option<T>, Outcome> {
        let Some(text) = self.optional_text(index) else { return Ok(None) };
        match T::from_capture(&text) {
            Ok(value) => Ok(Some(value)),
            Err(reason) => Err(self.misfit(index, &text, parameter, wanted, reason)),
        }
    }

    /// The capture of a custom parameter type.
    ///
    /// # Errors
    /// The outcome of the step when the text does not fit.
    pub fn custom<T>(
        &self,
        index: usize,
        parameter: &'static str,
        wanted: &'static str,
        used: ParameterUse<T>,
    ) -> Result<T, Outcome> {
        let text = self.required(index, parameter, wanted)?;
        (used.convert)(&text).map_err(|e| self.misfit(index, &text, parameter, wanted, e))
    }

    /// The rows of the step's table.
    ///
    /// # Errors
    /// The outcome of the step when it carries none or a cell does not fit.
    pub fn rows<T: TableRow>(&self, parameter: &'static str) -> Result<Vec<T>, Outcome> {
        rows(self.table(parameter)?).map_err(|e| self.wrong_table(parameter, &e))
    }

    /// The rows of the step's table, where it carries one.
    ///
    /// # Errors
    /// The outcome of the step when a cell does not fit.
    pub fn optional_rows<T: TableRow>(
        &self,
        parameter: &'static str,
    ) -> Result<Option<Vec<T>>, Outcome> {
        self.optional_table().map(|_| self.rows(parameter)).transpose()
    }

    /// The only row of the step's table.
    ///
    /// # Errors
    /// The outcome of the step when it carries none or a cell does not fit.
    pub fn row<T: TableRow>(&self, parameter: &'static str) -> Result<T, Outcome> {
        one_row(self.table(parameter)?).map_err(|e| self.wrong_table(parameter, &e))
    }

    /// The only row of the step's table, where it carries one.
    ///
    /// # Errors
    /// The outcome of the step when a cell does not fit.
    pub fn optional_row<T: TableRow>(&self, parameter: &'static str) -> Result<Option<T>, Outcome> {
        self.optional_table().map(|_| self.row(parameter)).transpose()
    }

    /// The step's doc string as the value a parameter wants.
    ///
    /// # Errors
    /// The outcome of the step when it carries none or its text does not fit.
    pub fn from_doc_string<T: FromDocString>(&self, parameter: &'static str) -> Result<T, Outcome> {
        let text = self.doc_string(parameter)?;
        T::from_doc_string(text).map_err(|reason| {
            wrong_argument(format!(
                "the doc string at {} does not fit parameter `{parameter}` of `{}` ({}): {reason}",
                text.place,
                self.callee.function,
                self.callee.candidate().place
            ))
        })
    }

    /// The step's doc string as the value a parameter wants, where it carries one.
    ///
    /// # Errors
    /// The outcome of the step when its text does not fit.
    pub fn optional_from_doc_string<T: FromDocString>(
        &self,
        parameter: &'static str,
    ) -> Result<Option<T>, Outcome> {
        self.optional_doc_string().map(|_| self.from_doc_string(parameter)).transpose()
    }

    /// The text of a capture, counted from 0.
    ///
    /// # Errors
    /// The outcome of the step when the capture took no part.
    pub fn text(&self, index: usize, parameter: &'static str) -> Result<Cow<'a, str>, Outcome> {
        self.required(index, parameter, "&str")
    }

    /// The text of a capture, counted from 0; `None` for a group that took no part.
    pub fn optional_text(&self, index: usize) -> Option<Cow<'a, str>> {
        let range = self.captures.get(index)?.clone()?;
        let text = self.context.text().get(range)?;
        let quoted = self.callee.groups.get(index).is_some_and(|g| g.quoted);
        Some(if quoted { unquoted(text) } else { Cow::Borrowed(text) })
    }

    /// A state to look at.
    ///
    /// # Errors
    /// The outcome of the step when the state is not there.
    pub fn state<T: 'static>(&self) -> Result<StateRef<'a, T>, Outcome> {
        if let Some(own) = self.world.take() {
            return Ok(StateRef::own(own));
        }
        let type_id = TypeId::of::<T>();
        let shared = self.feature.shared.get(type_id);
        let shared = shared.or_else(|| self.feature.suite.shared.get(type_id));
        shared.and_then(StateRef::shared).ok_or_else(missing_state::<T>)
    }

    /// A state to change, which only the scenario's own is.
    ///
    /// # Errors
    /// The outcome of the step when the state is not there or belongs to more than the scenario.
    pub fn state_mut<T: 'static>(&self) -> Result<StateMut<'a, T>, Outcome> {
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

    /// What came of the step or the scenario so far, for the hooks around it.
    pub fn so_far(&self) -> &'a Outcome {
        self.so_far.unwrap_or(&Outcome::Passed)
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

    /// The step's table.
    ///
    /// # Errors
    /// The outcome of the step when it carries none.
    pub fn table(&self, parameter: &'static str) -> Result<&'a DataTable, Outcome> {
        self.optional_table().ok_or_else(|| self.missing_argument("data table", parameter))
    }

    /// The step's table, where it carries one.
    pub fn optional_table(&self) -> Option<&'a DataTable> {
        match self.argument {
            Some(StepArgument::DataTable(table)) => Some(table),
            _ => None,
        }
    }

    /// The step's doc string.
    ///
    /// # Errors
    /// The outcome of the step when it carries none.
    pub fn doc_string(&self, parameter: &'static str) -> Result<&'a DocString, Outcome> {
        self.optional_doc_string().ok_or_else(|| self.missing_argument("doc string", parameter))
    }

    /// The step's doc string, where it carries one.
    pub fn optional_doc_string(&self) -> Option<&'a DocString> {
        match self.argument {
            Some(StepArgument::DocString(text)) => Some(text),
            _ => None,
        }
    }

    /// The running step.
    pub fn context(&self) -> &'a StepContext {
        self.context
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

    fn required(
        &self,
        index: usize,
        parameter: &'static str,
        wanted: &'static str,
    ) -> Result<Cow<'a, str>, Outcome> {
        self.optional_text(index).ok_or_else(|| {
            let reason = format!("the group took no part in the match; take an `Option<{wanted}>`");
            self.misfit(index, "", parameter, wanted, reason)
        })
    }

    fn misfit(
        &self,
        index: usize,
        text: &str,
        parameter: &str,
        wanted: &str,
        reason: String,
    ) -> Outcome {
        let misfit = Misfit {
            number: index + 1,
            text: text.to_owned(),
            range: self.captures.get(index).cloned().flatten(),
            parameter: parameter.to_owned(),
            wanted: wanted.to_owned(),
            reason,
            definition: self.callee.candidate(),
        };
        Failure::from(misfit).into()
    }

    fn wrong_table(&self, parameter: &str, reason: &str) -> Outcome {
        let place = self.optional_table().map(|table| format!(" at {}", table.place));
        wrong_argument(format!(
            "the data table{} does not fit parameter `{parameter}` of `{}` ({}): {reason}",
            place.unwrap_or_default(),
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
