//! The state of one scenario, by type: lent to a step while it runs, dropped in reverse order.

use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

use super::origin::{ByDefault, ByFixture};
use super::reference_source::ReferenceSource;
use super::shared::SharedValue;

/// A type that a step may take by reference: the scenario's one value of that type.
///
/// Every [`Default`] type is one, and so is every type that a `#[fixture]` function returns.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be scenario state: it has no `Default` and no fixture",
    label = "taken by reference, so this is scenario state",
    note = "derive `Default` for it, or write a `#[fixture]` function that returns it",
    note = "a capture is taken by value, without the `&`"
)]
pub trait State<Origin = ByFixture>: 'static + Sized {
    /// The source of a parameter of this type that is taken by reference.
    #[doc(hidden)]
    const SOURCE: ReferenceSource = ReferenceSource::State;

    /// Returns a new value, or `None` if only a fixture can make one.
    fn default_value() -> Option<Self>;
}

impl<T: Default + 'static> State<ByDefault> for T {
    fn default_value() -> Option<Self> {
        Some(T::default())
    }
}

/// A request for a state that a function takes.
#[derive(Debug, Clone, Copy)]
pub struct StateRequest {
    /// The state's type.
    pub type_id: TypeId,
    /// The type's name, for messages.
    pub type_name: &'static str,
    /// Access that the parameter needs.
    pub access: StateAccess,
    /// Makes the state without a fixture.
    pub default_value: fn() -> Option<Box<dyn Any>>,
}

/// Access of a parameter to a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StateAccess {
    /// `&T`.
    Shared,
    /// `&mut T`.
    Exclusive,
}

/// The states of one scenario: at most one value of each type.
///
/// A world belongs to one thread, so states need not be `Send`.
#[derive(Default)]
pub struct World {
    slots: RefCell<Vec<Slot>>,
}

struct Slot {
    type_id: TypeId,
    /// `None` while a step borrows it.
    value: Option<Box<dyn Any>>,
}

impl World {
    /// Lends the value of type `T`, if it exists and is not lent already.
    pub fn take<T: 'static>(&self) -> Option<StateMut<'_, T>> {
        let mut slots = self.slots.borrow_mut();
        let slot = slots.iter_mut().find(|s| s.type_id == TypeId::of::<T>())?;
        let value = slot.value.take()?.downcast().ok()?;
        Some(StateMut { world: self, value: Some(value) })
    }

    pub(in crate::engine) fn holds(&self, type_id: TypeId) -> bool {
        self.slots.borrow().iter().any(|s| s.type_id == type_id)
    }

    pub(in crate::engine) fn put(&self, type_id: TypeId, value: Box<dyn Any>) {
        self.slots.borrow_mut().push(Slot { type_id, value: Some(value) });
    }

    /// Removes the value that was made last.
    pub(in crate::engine) fn pop(&self) -> Option<Box<dyn Any>> {
        loop {
            let slot = self.slots.borrow_mut().pop()?;
            if slot.value.is_some() {
                return slot.value;
            }
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // One by one, and outside the borrow: a destructor may be slow or access the other states.
        while let Some(value) = self.pop() {
            drop(value);
        }
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World").field("states", &self.slots.borrow().len()).finish()
    }
}

/// A mutable borrow of a state in its [`World`]; dropping it returns the state, also during a panic.
pub struct StateMut<'a, T: 'static> {
    world: &'a World,
    value: Option<Box<T>>,
}

/// A shared borrow of a state: the scenario's own, or one that scenarios share.
pub struct StateRef<'a, T: 'static>(Lent<'a, T>);

enum Lent<'a, T: 'static> {
    Own(StateMut<'a, T>),
    Shared(SharedValue, PhantomData<&'a T>),
    Borrowed(&'a T),
}

const ON_LOAN: &str = "the value is returned only by the drop";

impl<'a, T: 'static> StateRef<'a, T> {
    pub(in crate::engine) fn borrowed(value: &'a T) -> Self {
        Self(Lent::Borrowed(value))
    }

    pub(in crate::engine) fn own(value: StateMut<'a, T>) -> Self {
        Self(Lent::Own(value))
    }

    pub(in crate::engine) fn shared(value: SharedValue) -> Option<Self> {
        value.is::<T>().then(|| Self(Lent::Shared(value, PhantomData)))
    }
}

impl<T> Deref for StateMut<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.value.as_deref().expect(ON_LOAN)
    }
}

impl<T> DerefMut for StateMut<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.value.as_deref_mut().expect(ON_LOAN)
    }
}

impl<T> Deref for StateRef<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        match &self.0 {
            Lent::Own(value) => value,
            Lent::Borrowed(value) => value,
            Lent::Shared(value, _) => {
                let value: &dyn Any = &**value;
                value.downcast_ref().expect("the type was checked when it was lent")
            }
        }
    }
}

impl<T: 'static> Drop for StateMut<'_, T> {
    fn drop(&mut self) {
        let mut slots = self.world.slots.borrow_mut();
        if let Some(slot) = slots.iter_mut().find(|s| s.type_id == TypeId::of::<T>()) {
            slot.value = self.value.take().map(|value| value as Box<dyn Any>);
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for StateMut<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.deref().fmt(f)
    }
}

impl<T: fmt::Debug> fmt::Debug for StateRef<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.deref().fmt(f)
    }
}
