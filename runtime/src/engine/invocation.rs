//! What a macro-made body gets to work with.

use std::any::type_name;
use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::Range;
use std::sync::Arc;
use std::time::SystemTime;

use super::{ArgumentNeed, State, StateRef, StepArg, StepDefinition, World};
use crate::model::{
    DataTable, DocString, Failure, FailureKind, LogLevel, LogRecord, Misfit, Outcome, Place,
    Scenario, StepArgument,
};

/// The step that is running, as a step function may see it.
#[derive(Debug)]
pub struct StepContext {
    pub(super) text: String,
    pub(super) place: Option<Place>,
    pub(super) process: Option<String>,
    pub(super) scenario: Option<Arc<Scenario>>,
    pub(super) logs: RefCell<Vec<LogRecord>>,
}

impl StepContext {
    /// The step's text, without its keyword.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where the step stands, where that is known.
    pub fn place(&self) -> Option<&Place> {
        self.place.as_ref()
    }

    /// The process role a Harmony runner sent the step to.
    pub fn process(&self) -> Option<&str> {
        self.process.as_deref()
    }

    /// The scenario, where the end that runs it knows it.
    pub fn scenario(&self) -> Option<&Scenario> {
        self.scenario.as_deref()
    }

    /// Adds a line to the step's log, which every report and every serve reply carries.
    pub fn log(&self, level: LogLevel, message: impl Into<String>) {
        self.logs.borrow_mut().push(LogRecord {
            time: SystemTime::now(),
            level,
            message: message.into(),
        });
    }
}

/// One call of a step definition: what its macro-made body gets to work with.
#[derive(Debug)]
pub struct Invocation<'a> {
    pub(super) definition: &'static StepDefinition,
    pub(super) captures: &'a [Option<Range<usize>>],
    pub(super) argument: Option<&'a StepArgument>,
    pub(super) world: &'a World,
    pub(super) context: &'a StepContext,
}

impl<'a> Invocation<'a> {
    /// The definition that is being called.
    pub fn definition(&self) -> &'static StepDefinition {
        self.definition
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
        let text = &self.context.text[range];
        let quoted = self.definition.pattern.groups.get(index).is_some_and(|g| g.quoted);
        Some(if quoted { unquoted(text) } else { Cow::Borrowed(text) })
    }

    /// A state the definition named as needed.
    ///
    /// # Errors
    /// The outcome of the step when the state is not there.
    pub fn state<T: State>(&self) -> Result<StateRef<'a, T>, Outcome> {
        self.world.take().ok_or_else(|| missing_state(type_name::<T>()))
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
        if carried == self.definition.argument {
            return Ok(());
        }
        let (what, parameter) = match carried {
            ArgumentNeed::DocString => ("doc string", "text: &DocString"),
            _ => ("data table", "table: &DataTable"),
        };
        let function = self.definition.function;
        Err(wrong_argument(format!(
            "the step carries a {what}, but `{function}` ({}) does not take it: add a parameter `{parameter}`",
            self.definition.place()
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
            definition: self.definition.candidate(),
        };
        Failure::from(misfit).into()
    }

    fn missing_argument(&self, what: &str, parameter: &str) -> Outcome {
        let function = self.definition.function;
        wrong_argument(format!(
            "parameter `{parameter}` of `{function}` ({}) wants a {what}, but the step carries none below its line",
            self.definition.place()
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

fn missing_state(name: &str) -> Outcome {
    failed(FailureKind::State, format!("the scenario has no `{name}` to lend"))
}

fn wrong_argument(message: String) -> Outcome {
    failed(FailureKind::Argument, message)
}

fn failed(kind: FailureKind, message: String) -> Outcome {
    Failure::new(kind, message).into()
}
