//! Feature files as messages: their sources and syntax trees.

use std::io::{self, Write};
use std::sync::Arc;

use serde_json::json;

use super::Messages;
use super::documents::document_uri;
use crate::gherkin::Syntax;
use crate::gherkin::ast::GherkinDocument;

impl<W: Write> Messages<W> {
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
        self.out.write(
            "source",
            json!({
                "uri": document_uri(&document.path, combination.map(|combination| &**combination)),
                "data": &*document.source,
                "mediaType": media_type(&document.path),
            }),
        )?;
        let nodes = self.nodes.entry(combination.cloned()).or_default();
        let combination = combination.map(|combination| &**combination);
        let message = nodes.document(document, combination, &mut self.ids);
        self.out.write("gherkinDocument", message)
    }
}

fn media_type(path: &str) -> &'static str {
    match Syntax::of_path(path) {
        Syntax::Plain => "text/x.cucumber.gherkin+plain",
        Syntax::Markdown => "text/x.cucumber.gherkin+markdown",
    }
}
