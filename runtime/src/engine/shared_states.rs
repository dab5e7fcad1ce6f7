//! States that several scenarios share: made once, whichever thread comes first.

use std::any::TypeId;
use std::fmt;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::state::SharedValue;
use crate::model::Outcome;

/// The shared states of a suite or of a feature; at most one value of each type.
#[derive(Default)]
pub(super) struct SharedStates {
    slots: Mutex<Vec<Slot>>,
    changed: Condvar,
}

struct Slot {
    type_id: TypeId,
    /// `None` while a thread makes it.
    value: Option<SharedValue>,
}

impl SharedStates {
    pub(super) fn get(&self, type_id: TypeId) -> Option<SharedValue> {
        let slots = self.lock();
        slots.iter().find(|s| s.type_id == type_id).and_then(|s| s.value.clone())
    }

    /// Makes the value unless it is there; a thread that comes while another makes it waits.
    pub(super) fn make(
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
        // Whatever happens, those who wait must learn of it: then one of them tries.
        let unmade = Unmade { states: self, type_id };
        let value = make()?;
        std::mem::forget(unmade);
        let mut slots = self.lock();
        slots.retain(|s| s.type_id != type_id);
        // At the end: what it was made from was finished before it and is dropped after it.
        slots.push(Slot { type_id, value: Some(value) });
        drop(slots);
        self.changed.notify_all();
        Ok(())
    }

    /// Removes the value made last.
    pub(super) fn pop(&self) -> Option<SharedValue> {
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

/// Takes the mark "being made" back when making fails or panics.
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
