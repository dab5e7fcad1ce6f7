//! Input of a `&T` parameter: a state, or a part of the running step, as the type decides.
//!
//! Wrong uses fail while the registration is evaluated, at compile time.

use std::any::{Any, TypeId, type_name};
use std::marker::PhantomData;

use super::state::{DefaultValue, default_value};
use crate::engine::binding::signature::Input;
use crate::engine::binding::{Invocation, StepArgumentKind, StepContext};
use crate::engine::state::{Origin, ReferenceSource, State, StateAccess, StateRef, StateRequest};
use crate::model::{DataTable, DocString, Outcome};

macro_rules! belongs_to_the_step {
    ($($ty:ty: $source:ident),* $(,)?) => {$(
        #[diagnostic::do_not_recommend]
        impl State for $ty {
            const SOURCE: ReferenceSource = ReferenceSource::$source;

            fn default_value() -> Option<Self> {
                None
            }
        }
    )*};
}

belongs_to_the_step! {
    StepContext: Context,
    Outcome: Outcome,
    DataTable: Table,
    DocString: DocString,
}

/// Input of a `&T` parameter.
#[derive(Debug)]
pub struct ReferenceInput<T> {
    source: ReferenceSource,
    parameter: &'static str,
    default_value: DefaultValue,
    state: PhantomData<fn() -> T>,
}

const fn reference<T: State<O>, O>(parameter: &'static str) -> ReferenceInput<T> {
    let default_value = default_value::<T, O>;
    ReferenceInput { source: T::SOURCE, parameter, default_value, state: PhantomData }
}

/// Returns the input for a `&T` parameter of a step.
#[track_caller]
pub const fn of_step<T: State<O>, O>(
    _: &Origin<T, O>,
    parameter: &'static str,
) -> ReferenceInput<T> {
    if matches!(T::SOURCE, ReferenceSource::Outcome) {
        panic!("only an after-hook can take an `&Outcome`; a step returns its own");
    }
    reference::<T, O>(parameter)
}

/// Returns the input for an `Option<&T>` parameter of a step.
#[track_caller]
pub const fn optional<T: State<O>, O>(
    _: &Origin<T, O>,
    parameter: &'static str,
) -> ReferenceInput<T> {
    if !matches!(T::SOURCE, ReferenceSource::Table | ReferenceSource::DocString) {
        panic!("this always exists, so it cannot be optional: take the reference itself");
    }
    reference::<T, O>(parameter)
}

/// Returns the input for a `&T` parameter of a fixture or of a hook that runs before.
#[track_caller]
pub const fn of_hook<T: State<O>, O>(
    origin: &Origin<T, O>,
    parameter: &'static str,
) -> ReferenceInput<T> {
    if matches!(T::SOURCE, ReferenceSource::Outcome) {
        panic!("only an after-hook can take an `&Outcome`");
    }
    of_after_hook(origin, parameter)
}

/// Returns the input for a `&T` parameter of a hook that runs after.
#[track_caller]
pub const fn of_after_hook<T: State<O>, O>(
    _: &Origin<T, O>,
    parameter: &'static str,
) -> ReferenceInput<T> {
    if matches!(T::SOURCE, ReferenceSource::Table | ReferenceSource::DocString) {
        panic!("only a step has a table or a doc string: take state or `&StepContext`");
    }
    reference::<T, O>(parameter)
}

/// Returns the part of a step that a `&T` parameter takes.
pub const fn argument_of<T: State<O>, O>(_: &Origin<T, O>) -> StepArgumentKind {
    match T::SOURCE {
        ReferenceSource::Table => StepArgumentKind::Table,
        ReferenceSource::DocString => StepArgumentKind::DocString,
        _ => StepArgumentKind::Nothing,
    }
}

/// Returns the only kind that is not [`StepArgumentKind::Nothing`].
#[track_caller]
pub const fn only_argument(kinds: &[StepArgumentKind]) -> StepArgumentKind {
    let mut found = StepArgumentKind::Nothing;
    let mut index = 0;
    while index < kinds.len() {
        if !matches!(kinds[index], StepArgumentKind::Nothing) {
            if !matches!(found, StepArgumentKind::Nothing) {
                panic!("a step has one table or one doc string, not both and not two");
            }
            found = kinds[index];
        }
        index += 1;
    }
    found
}

impl<T: 'static> Input for ReferenceInput<T> {
    type Held<'a> = StateRef<'a, T>;
    type Argument<'h> = &'h T;

    fn is_present(&self, call: &Invocation<'_>) -> bool {
        match self.source {
            ReferenceSource::Table => call.table().is_some(),
            ReferenceSource::DocString => call.doc_string().is_some(),
            _ => true,
        }
    }

    fn acquire<'a>(&self, call: &'a Invocation<'a>) -> Result<StateRef<'a, T>, Outcome> {
        let Some(part) = part_of_step(call, self.source, self.parameter)? else {
            return call.state();
        };
        Ok(StateRef::borrowed(part.downcast_ref().expect("the type has decided the source")))
    }

    fn pass<'h>(held: &'h mut StateRef<'_, T>) -> &'h T {
        held
    }

    fn state(&self) -> Option<StateRequest> {
        let (type_id, type_name) = (TypeId::of::<T>(), type_name::<T>());
        let access = StateAccess::Shared;
        let request =
            StateRequest { type_id, type_name, access, default_value: self.default_value };
        matches!(self.source, ReferenceSource::State).then_some(request)
    }
}

/// Returns what is not state. The code is the same for all types.
fn part_of_step<'a>(
    call: &Invocation<'a>,
    source: ReferenceSource,
    parameter: &str,
) -> Result<Option<&'a dyn Any>, Outcome> {
    Ok(Some(match source {
        ReferenceSource::State => return Ok(None),
        ReferenceSource::Context => call.context,
        ReferenceSource::Outcome => call.so_far.unwrap_or(&Outcome::Passed),
        ReferenceSource::Table => call.required_table(parameter)?,
        ReferenceSource::DocString => call.required_doc_string(parameter)?,
    }))
}
