//! The state of one scenario, by type. Made on first use, dropped in reverse order.

use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::rc::Rc;

/// The state of one scenario: at most one value of each type.
///
/// It belongs to one thread, so states need not be `Send`.
#[derive(Default)]
pub struct World {
    slots: RefCell<Vec<Slot>>,
}

struct Slot {
    type_id: TypeId,
    value: Rc<dyn Any>,
}

impl World {
    /// The value of type `T`, made by [`Default`] when there is none yet.
    ///
    /// A step takes the cell, borrows it while it runs and gives it back.
    pub fn state<T: Default + 'static>(&self) -> Rc<RefCell<T>> {
        if let Some(cell) = self.existing() {
            return cell;
        }
        // Made outside the borrow: a `Default` may itself be slow, and must not see the table locked.
        let cell = Rc::new(RefCell::new(T::default()));
        self.slots.borrow_mut().push(Slot { type_id: TypeId::of::<T>(), value: cell.clone() });
        cell
    }

    fn existing<T: 'static>(&self) -> Option<Rc<RefCell<T>>> {
        let slots = self.slots.borrow();
        let slot = slots.iter().find(|s| s.type_id == TypeId::of::<T>())?;
        slot.value.clone().downcast().ok()
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
