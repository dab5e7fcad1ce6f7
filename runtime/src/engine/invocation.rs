//! What a macro-made body gets to work with.

use std::cell::RefCell;
use std::ops::Range;
use std::sync::Arc;
use std::time::SystemTime;

use super::{ArgError, StepArg, World};
use crate::model::{LogLevel, LogRecord, Place, Scenario, StepArgument};

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

/// One call of a step definition.
#[derive(Debug)]
pub struct Invocation<'a> {
    pub(super) captures: &'a [Option<Range<usize>>],
    pub(super) argument: Option<&'a StepArgument>,
    pub(super) world: &'a World,
    pub(super) context: &'a StepContext,
}

impl<'a> Invocation<'a> {
    /// The text of a capture, counted from 0; `None` for a group that took no part.
    pub fn capture(&self, index: usize) -> Option<&'a str> {
        self.captures.get(index)?.clone().map(|range| &self.context.text[range])
    }

    /// A capture as the value a parameter wants.
    ///
    /// # Errors
    /// [`ArgError`] when the capture took no part or its text does not fit.
    pub fn arg<T: StepArg>(
        &self,
        index: usize,
        parameter: &'static str,
        wanted: &'static str,
    ) -> Result<T, ArgError> {
        let text = self.capture(index);
        let result = match text {
            Some(text) => T::from_capture(text),
            None => Err("the group took no part in the match; take an `Option`".to_owned()),
        };
        result.map_err(|reason| ArgError {
            number: index + 1,
            text: text.unwrap_or_default().to_owned(),
            parameter,
            wanted,
            reason,
        })
    }

    /// The step's table or doc string.
    pub fn argument(&self) -> Option<&'a StepArgument> {
        self.argument
    }

    /// The scenario's state.
    pub fn world(&self) -> &'a World {
        self.world
    }

    /// The running step.
    pub fn context(&self) -> &'a StepContext {
        self.context
    }
}
