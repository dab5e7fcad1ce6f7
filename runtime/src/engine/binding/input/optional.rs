//! Input of an argument that the step may lack.

use crate::engine::binding::Invocation;
use crate::engine::binding::signature::Input;
use crate::model::Outcome;

/// Input of an `Option` parameter.
#[derive(Debug)]
pub struct OptionalInput<I>(pub I);

impl<I: Input> Input for OptionalInput<I> {
    type Held<'a> = Option<I::Held<'a>>;
    type Argument<'h> = Option<I::Argument<'h>>;

    fn acquire<'a>(&self, call: &'a Invocation<'a>) -> Result<Self::Held<'a>, Outcome> {
        if self.0.is_present(call) { self.0.acquire(call).map(Some) } else { Ok(None) }
    }

    fn pass<'h>(held: &'h mut Self::Held<'_>) -> Self::Argument<'h> {
        held.as_mut().map(I::pass)
    }
}
