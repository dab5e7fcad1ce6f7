//! Inputs that read a capture.

use std::borrow::Cow;

use super::owned::{Owned, pass_owned};
use crate::engine::binding::capture::CaptureParameter;
use crate::engine::binding::signature::Input;
use crate::engine::binding::{Invocation, ParameterUse, StepArg, ValueError};
use crate::model::Outcome;

/// Input of a parameter that a capture converts into.
#[derive(Debug)]
pub struct CaptureInput<T> {
    capture: CaptureParameter,
    convert: fn(&str) -> Result<T, ValueError>,
}

/// Converts a group's text with [`StepArg`].
pub const fn value<T: StepArg>(
    group: usize,
    parameter: &'static str,
    expected_type: &'static str,
) -> CaptureInput<T> {
    CaptureInput {
        capture: CaptureParameter { group, parameter, expected_type },
        convert: T::from_capture,
    }
}

/// Converts a group's text with a custom parameter type.
pub const fn custom<T>(
    group: usize,
    parameter: &'static str,
    expected_type: &'static str,
    used: ParameterUse<T>,
) -> CaptureInput<T> {
    CaptureInput {
        capture: CaptureParameter { group, parameter, expected_type },
        convert: used.convert,
    }
}

impl<T: 'static> Input for CaptureInput<T> {
    type Held<'a> = Owned<T>;
    type Argument<'h> = T;

    fn is_present(&self, call: &Invocation<'_>) -> bool {
        call.text(self.capture.group).is_some()
    }

    fn acquire<'a>(&self, call: &'a Invocation<'a>) -> Result<Owned<T>, Outcome> {
        let text = call.required(&self.capture)?;
        match (self.convert)(&text) {
            Ok(value) => Ok(Some(value)),
            Err(reason) => Err(call.conversion_error(&self.capture, &text, reason.to_string())),
        }
    }

    fn pass(held: &mut Owned<T>) -> T {
        pass_owned(held)
    }
}

/// Input of a `&str` parameter.
#[derive(Debug)]
pub struct TextInput(CaptureParameter);

/// Reads the text of a group.
pub const fn text(group: usize, parameter: &'static str) -> TextInput {
    TextInput(CaptureParameter { group, parameter, expected_type: "&str" })
}

impl Input for TextInput {
    type Held<'a> = Cow<'a, str>;
    type Argument<'h> = &'h str;

    fn is_present(&self, call: &Invocation<'_>) -> bool {
        call.text(self.0.group).is_some()
    }

    fn acquire<'a>(&self, call: &'a Invocation<'a>) -> Result<Cow<'a, str>, Outcome> {
        call.required(&self.0)
    }

    fn pass<'h>(held: &'h mut Cow<'_, str>) -> &'h str {
        held
    }
}
