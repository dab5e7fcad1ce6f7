//! States that several scenarios share: each is made once, by the first thread that needs it.

use std::any::{Any, TypeId};
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};
use std::time::Instant;

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
    content: SlotContent,
}

enum SlotContent {
    Making(Making),
    Made(SharedValue),
    /// The reason why it cannot be made, for every function that takes it.
    Failed(Outcome),
}

/// A value that a thread makes.
struct Making {
    thread: ThreadId,
    type_name: &'static str,
    /// The moment at which the thread is abandoned.
    deadline: Instant,
    /// The outcome if that happens.
    late: Outcome,
    /// The other value for which the thread waits meanwhile.
    waits_for: Option<TypeId>,
}

/// A request for a shared value.
pub(in crate::engine) struct SharedRequest {
    pub(in crate::engine) type_id: TypeId,
    pub(in crate::engine) type_name: &'static str,
    pub(in crate::engine) deadline: Instant,
    /// The outcome if the value is not there by the deadline.
    pub(in crate::engine) late: Outcome,
}

/// Error: threads wait for each other's values. The names of the types, the first one at the end again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::engine) struct WaitCycle(pub(in crate::engine) Vec<&'static str>);

/// The reason why a shared value is not there.
#[derive(Debug)]
pub(in crate::engine) enum NotMade {
    /// Its fixture failed, or did not return in time.
    Failed(Outcome),
    /// Its fixture waits for a value that the calling thread makes.
    Cycle(WaitCycle),
}

impl SharedStates {
    pub(in crate::engine) fn get(&self, type_id: TypeId) -> Option<SharedValue> {
        let slots = self.lock();
        slots.iter().find(|slot| slot.type_id == type_id).and_then(|slot| match &slot.content {
            SlotContent::Made(value) => Some(value.clone()),
            _ => None,
        })
    }

    /// Makes the value unless it exists; waits if another thread is making it. `make` must not panic.
    ///
    /// # Errors
    /// Returns the reason why the value cannot be made. A value whose fixture failed is not made again.
    pub(in crate::engine) fn make(
        &self,
        request: SharedRequest,
        make: impl FnOnce() -> Result<SharedValue, Outcome>,
    ) -> Result<(), NotMade> {
        if self.is_made(&request)? {
            return Ok(());
        }
        let made = make();
        let mut slots = self.lock();
        let is_own = |slot: &Slot| match &slot.content {
            SlotContent::Making(making) => making.thread == thread::current().id(),
            _ => false,
        };
        let position = slots.iter().position(|s| s.type_id == request.type_id && is_own(s));
        // Another thread may have recorded meanwhile that the deadline of this one has passed.
        let Some(position) = position else { return Err(NotMade::Failed(request.late)) };
        slots.remove(position);
        let (content, result) = match made {
            Ok(value) => (SlotContent::Made(value), Ok(())),
            Err(outcome) => (SlotContent::Failed(outcome.clone()), Err(NotMade::Failed(outcome))),
        };
        // At the end: the states it was made from were finished before it and are dropped after it.
        slots.push(Slot { type_id: request.type_id, content });
        drop(slots);
        self.changed.notify_all();
        result
    }

    /// Returns true if the value exists, and false if the calling thread must make it.
    fn is_made(&self, request: &SharedRequest) -> Result<bool, NotMade> {
        let &SharedRequest { type_id, deadline, .. } = request;
        let mut slots = self.lock();
        loop {
            let Some(slot) = slots.iter_mut().find(|slot| slot.type_id == type_id) else {
                slots.push(Slot { type_id, content: SlotContent::Making(Making::new(request)) });
                return Ok(false);
            };
            let wakes_at = match &slot.content {
                SlotContent::Made(_) => return Ok(true),
                SlotContent::Failed(outcome) => return Err(NotMade::Failed(outcome.clone())),
                SlotContent::Making(making) => {
                    let now = Instant::now();
                    if making.deadline <= now {
                        // Its thread has been abandoned.
                        let late = making.late.clone();
                        slot.content = SlotContent::Failed(late.clone());
                        self.changed.notify_all();
                        return Err(NotMade::Failed(late));
                    }
                    if deadline <= now {
                        return Err(NotMade::Failed(request.late.clone()));
                    }
                    making.deadline.min(deadline)
                }
            };
            if let Some(cycle) = cycle(&slots, type_id) {
                return Err(NotMade::Cycle(cycle));
            }
            set_waiting(&mut slots, Some(type_id));
            let patience = wakes_at.saturating_duration_since(Instant::now());
            let waited = self.changed.wait_timeout(slots, patience);
            slots = waited.unwrap_or_else(PoisonError::into_inner).0;
            set_waiting(&mut slots, None);
        }
    }

    /// Removes the value that was made last.
    pub(in crate::engine) fn pop(&self) -> Option<SharedValue> {
        let mut slots = self.lock();
        let last = slots.iter().rposition(|slot| matches!(slot.content, SlotContent::Made(_)))?;
        match slots.remove(last).content {
            SlotContent::Made(value) => Some(value),
            _ => None,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Slot>> {
        // No user code runs under the lock.
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Making {
    fn new(request: &SharedRequest) -> Self {
        Self {
            thread: thread::current().id(),
            type_name: request.type_name,
            deadline: request.deadline,
            late: request.late.clone(),
            waits_for: None,
        }
    }
}

/// Records for which value the calling thread waits, in the values that it makes.
fn set_waiting(slots: &mut [Slot], waits_for: Option<TypeId>) {
    let this_thread = thread::current().id();
    for slot in slots {
        match &mut slot.content {
            SlotContent::Making(making) if making.thread == this_thread => {
                making.waits_for = waits_for;
            }
            _ => {}
        }
    }
}

/// Returns the cycle that would exist if the calling thread waited for the value of this type.
fn cycle(slots: &[Slot], type_id: TypeId) -> Option<WaitCycle> {
    let making = |type_id: TypeId| {
        slots.iter().find_map(|slot| match &slot.content {
            SlotContent::Making(making) if slot.type_id == type_id => Some(making),
            _ => None,
        })
    };
    let this_thread = thread::current().id();
    let mut next = making(type_id)?;
    let mut names = vec![next.type_name];
    // Each step leads to another slot, unless there is a cycle of other threads.
    for _ in 0..slots.len() {
        next = making(next.waits_for?)?;
        names.push(next.type_name);
        if next.thread == this_thread {
            names.push(names[0]);
            return Some(WaitCycle(names));
        }
    }
    None
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
