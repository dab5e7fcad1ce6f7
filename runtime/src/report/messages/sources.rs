//! Feature files as messages: their sources and syntax trees.

use std::io::{self, Write};
use std::sync::Arc;

use serde::Serialize;

use super::Messages;
use super::documents::{DocumentMessage, document_uri};
use super::nodes::NewNodes;
use crate::gherkin::Syntax;
use crate::gherkin::ast::GherkinDocument;
use crate::model::Scenario;

/// The message of the text of a document.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SourceMessage<'a> {
    uri: &'a str,
    data: &'a str,
    media_type: &'static str,
}

impl<W: Write> Messages<W> {
    /// Writes the document of a scenario for its combination, unless that was done before.
    pub(super) fn write_document_of(&mut self, scenario: &Scenario) -> io::Result<()> {
        let (path, combination) = (&scenario.location.path, &scenario.combination);
        if self.written_documents.contains(&(Arc::clone(path), combination.clone())) {
            return Ok(());
        }
        let document = self.metadata.documents.iter().find(|document| document.path == *path);
        match document.cloned() {
            Some(document) => self.write_document(&document, combination.as_ref()),
            None => Ok(()),
        }
    }

    /// Writes source and syntax tree of a document, unless they were written for this combination.
    pub(super) fn write_document(
        &mut self,
        document: &GherkinDocument,
        combination: Option<&Arc<str>>,
    ) -> io::Result<()> {
        let key = (Arc::clone(&document.path), combination.cloned());
        if !self.written_documents.insert(key) {
            return Ok(());
        }
        let uri = document_uri(&document.path, combination.map(|combination| &**combination));
        let source = SourceMessage {
            uri: &uri,
            data: &document.source,
            media_type: media_type(&document.path),
        };
        self.out.write("source", source)?;
        let mut nodes = NewNodes::new(&mut self.ids);
        let message = DocumentMessage::new(document, &uri, &mut nodes);
        let of_combination = self.nodes.entry(combination.cloned()).or_default();
        of_combination.add(&document.path, nodes.finish());
        self.out.write("gherkinDocument", message)
    }
}

fn media_type(path: &str) -> &'static str {
    match Syntax::of_path(path) {
        Syntax::Plain => "text/x.cucumber.gherkin+plain",
        Syntax::Markdown => "text/x.cucumber.gherkin+markdown",
    }
}
