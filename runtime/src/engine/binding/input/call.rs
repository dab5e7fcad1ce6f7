//! Input of the call itself.

use crate::engine::binding::Invocation;
use crate::engine::binding::signature::Input;
use crate::model::Outcome;

/// Input of the call itself, for the wrapper that a macro generates around the user's function.
#[derive(Debug)]
pub struct InvocationInput;

impl Input for InvocationInput {
    type Held<'a> = &'a Invocation<'a>;
    type Argument<'h> = &'h Invocation<'h>;

    fn acquire<'a>(&self, call: &'a Invocation<'a>) -> Result<&'a Invocation<'a>, Outcome> {
        Ok(call)
    }

    fn pass<'h>(held: &'h mut &Invocation<'_>) -> &'h Invocation<'h> {
        held
    }
}
