//! Input that borrows a state mutably.

use std::any::{Any, TypeId, type_name};
use std::marker::PhantomData;

use crate::engine::binding::Invocation;
use crate::engine::binding::signature::Input;
use crate::engine::state::{Origin, ReferenceSource, State, StateAccess, StateMut, StateRequest};
use crate::model::Outcome;

/// Input of a `&mut T` parameter: a mutable borrow of a state.
#[derive(Debug)]
pub struct StateMutInput<T>(DefaultValue, PhantomData<fn() -> T>);

pub(super) type DefaultValue = fn() -> Option<Box<dyn Any>>;

/// Borrows a state mutably.
#[track_caller]
pub const fn state_mut<T: State<O>, O>(_: &Origin<T, O>) -> StateMutInput<T> {
    if !matches!(T::SOURCE, ReferenceSource::State) {
        panic!("this parameter is read-only: take it by `&`");
    }
    StateMutInput(default_value::<T, O>, PhantomData)
}

pub(super) fn default_value<T: State<O>, O>() -> Option<Box<dyn Any>> {
    <T as State<O>>::default_value().map(|value| Box::new(value) as Box<dyn Any>)
}

fn need<T: 'static>(default_value: DefaultValue, access: StateAccess) -> StateRequest {
    StateRequest { type_id: TypeId::of::<T>(), type_name: type_name::<T>(), access, default_value }
}

impl<T: 'static> Input for StateMutInput<T> {
    type Held<'a> = StateMut<'a, T>;
    type Argument<'h> = &'h mut T;

    fn acquire<'a>(&self, call: &'a Invocation<'a>) -> Result<StateMut<'a, T>, Outcome> {
        call.state_mut()
    }

    fn pass<'h>(held: &'h mut StateMut<'_, T>) -> &'h mut T {
        held
    }

    fn state(&self) -> Option<StateRequest> {
        Some(need::<T>(self.0, StateAccess::Exclusive))
    }
}
