//! The ids of the nodes of syntax trees, by location.

use std::collections::HashMap;
use std::sync::Arc;

use super::lines::{Id, Ids};
use crate::gherkin::ast::Position;
use crate::model::Location;

/// The ids of the nodes of the documents written so far, by path.
#[derive(Debug, Default)]
pub(super) struct Nodes(HashMap<Arc<str>, DocumentNodes>);

/// The ids of the nodes of one document, sorted by position.
#[derive(Debug)]
pub(super) struct DocumentNodes(Vec<(Position, Id)>);

/// The nodes of a document whose message is being made.
#[derive(Debug)]
pub(super) struct NewNodes<'a> {
    known: Vec<(Position, Id)>,
    ids: &'a mut Ids,
}

impl Nodes {
    /// Adds the nodes of the document with this path.
    pub(super) fn add(&mut self, path: &Arc<str>, nodes: DocumentNodes) {
        self.0.insert(Arc::clone(path), nodes);
    }

    /// Returns the nodes of the document with this path.
    pub(super) fn of_document(&self, path: &str) -> Option<&DocumentNodes> {
        self.0.get(path)
    }
}

impl DocumentNodes {
    /// Returns the id of the node at this location of the document.
    pub(super) fn id(&self, location: &Location) -> Option<Id> {
        let position = Position { line: location.line, column: location.column };
        let index = self.0.binary_search_by_key(&position, |(known, _)| *known).ok()?;
        self.0.get(index).map(|(_, id)| *id)
    }
}

impl<'a> NewNodes<'a> {
    pub(super) fn new(ids: &'a mut Ids) -> Self {
        Self { known: Vec::new(), ids }
    }

    /// Returns a new id for the node at this position.
    pub(super) fn add(&mut self, position: Position) -> Id {
        let id = self.ids.next();
        self.known.push((position, id));
        id
    }

    /// Returns the nodes of the complete document.
    pub(super) fn finish(mut self) -> DocumentNodes {
        self.known.sort_unstable_by_key(|(position, _)| *position);
        DocumentNodes(self.known)
    }
}
