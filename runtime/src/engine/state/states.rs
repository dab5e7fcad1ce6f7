//! The states that one call can access.

use std::any::TypeId;

use super::local::{StateRef, World};
use super::scope::FixtureScope;
use super::shared::SharedStates;

/// The states of a scenario, of its feature and of its suite.
#[derive(Debug, Clone, Copy)]
pub(in crate::engine) struct States<'a> {
    pub(in crate::engine) world: &'a World,
    pub(in crate::engine) feature: &'a SharedStates,
    pub(in crate::engine) suite: &'a SharedStates,
}

impl<'a> States<'a> {
    /// Returns whether the state exists, for a caller that lives as long as `level`.
    pub(in crate::engine) fn holds(&self, type_id: TypeId, level: FixtureScope) -> bool {
        (level == FixtureScope::Scenario && self.world.holds(type_id))
            || (level <= FixtureScope::Feature && self.feature.get(type_id).is_some())
            || self.suite.get(type_id).is_some()
    }

    /// Borrows a state, whichever scope it has.
    pub(in crate::engine) fn get<T: 'static>(&self) -> Option<StateRef<'a, T>> {
        if let Some(own) = self.world.take() {
            return Some(StateRef::own(own));
        }
        let type_id = TypeId::of::<T>();
        let shared = self.feature.get(type_id).or_else(|| self.suite.get(type_id));
        shared.and_then(StateRef::shared)
    }
}
