//! States that several scenarios share: each is made once, by the first thread that needs it.

use std::any::{Any, TypeId};
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::model::Outcome;

/// A state that scenarios share.
pub(in crate::engine) type SharedValue = Arc<dyn Any + Send + Sync>;

/// The shared states of a suite or of a feature: at most one value of each type.
#[derive(Default)]
pub(in crate::engine) struct SharedStates {
    slots: Mutex<Vec<Slot>>,
    changed: Condvar,
}

struct Slot {
    type_id: TypeId,
    /// `None` while a thread makes it.
    value: Option<SharedValue>,
}

impl SharedStates {
    pub(in crate::engine) fn get(&self, type_id: TypeId) -> Option<SharedValue> {
        let slots = self.lock();
        slots.iter().find(|s| s.type_id == type_id).and_then(|s| s.value.clone())
    }

    /// Makes the value unless it exists; waits if another thread is making it.
    pub(in crate::engine) fn make(
        &self,
        type_id: TypeId,
        make: impl FnOnce() -> Result<SharedValue, Outcome>,
    ) -> Result<(), Outcome> {
        let mut slots = self.lock();
        loop {
            match slots.iter().find(|s| s.type_id == type_id) {
                Some(slot) if slot.value.is_some() => return Ok(()),
                Some(_) => {
                    slots = self.changed.wait(slots).unwrap_or_else(PoisonError::into_inner);
                }
                None => break,
            }
        }
        slots.push(Slot { type_id, value: None });
        drop(slots);
        // If making it fails or panics, the waiting threads must wake, so that one of them tries.
        let unmade = Unmade { states: self, type_id };
        let value = make()?;
        std::mem::forget(unmade);
        let mut slots = self.lock();
        slots.retain(|s| s.type_id != type_id);
        // At the end: the states it was made from were finished before it and are dropped after it.
        slots.push(Slot { type_id, value: Some(value) });
        drop(slots);
        self.changed.notify_all();
        Ok(())
    }

    /// Removes the value that was made last.
    pub(in crate::engine) fn pop(&self) -> Option<SharedValue> {
        let mut slots = self.lock();
        let last = slots.iter().rposition(|s| s.value.is_some())?;
        slots.remove(last).value
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Slot>> {
        // No user code runs under the lock.
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for SharedStates {
    fn drop(&mut self) {
        while let Some(value) = self.pop() {
            drop(value);
        }
    }
}

impl fmt::Debug for SharedStates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedStates").field("states", &self.lock().len()).finish()
    }
}

/// Removes the "being made" entry when making the value fails or panics.
struct Unmade<'a> {
    states: &'a SharedStates,
    type_id: TypeId,
}

impl Drop for Unmade<'_> {
    fn drop(&mut self) {
        self.states.lock().retain(|s| s.type_id != self.type_id);
        self.states.changed.notify_all();
    }
}
