//! The ids of the nodes of syntax trees, by location.

use std::collections::HashMap;
use std::sync::Arc;

use super::lines::{Id, Ids};
use crate::gherkin::ast::Position;
use crate::model::Location;

/// The ids of the nodes written so far.
#[derive(Debug, Default)]
pub(super) struct Nodes(HashMap<Arc<str>, HashMap<Position, Id>>);

/// The ids of the nodes of one document.
#[derive(Debug)]
pub(super) struct DocumentNodes<'a> {
    known: &'a mut HashMap<Position, Id>,
    ids: &'a mut Ids,
}

impl Nodes {
    /// Returns the nodes of the document with this path.
    pub(super) fn of_document<'a>(
        &'a mut self,
        path: &Arc<str>,
        ids: &'a mut Ids,
    ) -> DocumentNodes<'a> {
        DocumentNodes { known: self.0.entry(Arc::clone(path)).or_default(), ids }
    }

    /// Returns the id of the node at this location.
    pub(super) fn id(&self, location: &Location) -> Option<Id> {
        let Location { path, line, column } = location;
        self.0.get(path)?.get(&Position { line: *line, column: *column }).copied()
    }
}

impl DocumentNodes<'_> {
    /// Returns a new id for the node at this position.
    pub(super) fn add(&mut self, position: Position) -> Id {
        let id = self.ids.next();
        self.known.insert(position, id);
        id
    }
}
