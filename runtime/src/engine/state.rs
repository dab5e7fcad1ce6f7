//! The state of one scenario, by type. Made on first use, dropped in reverse order.

use std::any::{Any, TypeId, type_name};
use std::cell::RefCell;
use std::ops::{Deref, DerefMut};

use super::StateNeed;

/// A type that a step may take by reference: the scenario's one value of that type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be scenario state: nothing says how to make one",
    label = "taken by reference, so this is scenario state",
    note = "derive `Default` for it, or take the value of a capture without the `&`"
)]
pub trait State: 'static + Sized {
    /// A new value, for a scenario that has none yet.
    fn make() -> Self;
}

impl<T: Default + 'static> State for T {
    fn make() -> Self {
        T::default()
    }
}

impl StateNeed {
    /// The need for a `T`.
    pub const fn of<T: State>() -> Self {
        Self { type_id: TypeId::of::<T>, type_name: type_name::<T>, make: make::<T> }
    }
}

fn make<T: State>(world: &World) {
    if !world.holds(TypeId::of::<T>()) {
        // Made outside the borrow: it may be slow, and must not see the table locked.
        let value = Box::new(T::make());
        world.slots.borrow_mut().push(Slot { type_id: TypeId::of::<T>(), value: Some(value) });
    }
}

/// The state of one scenario: at most one value of each type.
///
/// It belongs to one thread, so states need not be `Send`.
#[derive(Default)]
pub struct World {
    slots: RefCell<Vec<Slot>>,
}

struct Slot {
    type_id: TypeId,
    /// `None` while a step has it.
    value: Option<Box<dyn Any>>,
}

impl World {
    /// Lends the value of type `T`, if there is one and nobody has it.
    pub fn take<T: 'static>(&self) -> Option<StateRef<'_, T>> {
        let mut slots = self.slots.borrow_mut();
        let slot = slots.iter_mut().find(|s| s.type_id == TypeId::of::<T>())?;
        let value = slot.value.take()?.downcast().ok()?;
        Some(StateRef { world: self, value: Some(value) })
    }

    fn holds(&self, type_id: TypeId) -> bool {
        self.slots.borrow().iter().any(|s| s.type_id == type_id)
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let slots = self.slots.get_mut();
        while let Some(slot) = slots.pop() {
            drop(slot);
        }
    }
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("World").field("states", &self.slots.borrow().len()).finish()
    }
}

/// A state on loan from its [`World`]; it goes back when this is dropped.
pub struct StateRef<'a, T: 'static> {
    world: &'a World,
    value: Option<Box<T>>,
}

const ON_LOAN: &str = "the value is here until this is dropped";

impl<T> Deref for StateRef<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.value.as_deref().expect(ON_LOAN)
    }
}

impl<T> DerefMut for StateRef<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.value.as_deref_mut().expect(ON_LOAN)
    }
}

impl<T: 'static> Drop for StateRef<'_, T> {
    fn drop(&mut self) {
        let mut slots = self.world.slots.borrow_mut();
        if let Some(slot) = slots.iter_mut().find(|s| s.type_id == TypeId::of::<T>()) {
            slot.value = self.value.take().map(|value| value as Box<dyn Any>);
        }
    }
}

impl<T: std::fmt::Debug> std::fmt::Debug for StateRef<'_, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.deref().fmt(f)
    }
}
