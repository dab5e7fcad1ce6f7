//! Cucumber Messages: a line of JSON for each thing that is known of a run, for every tool that reads
//! what Cucumber writes.
//!
//! Field names and required fields follow the schema of @cucumber/messages 34.

mod base64;
mod documents;
mod results;

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::{Report, Story, Totals};
use crate::gherkin::ast::GherkinDocument;
use crate::model::Event;
use documents::Nodes;

/// A definition as the messages name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// The pattern as written.
    pub pattern: String,
    /// Whether it is a regex; a Cucumber Expression or plain text otherwise.
    pub is_regex: bool,
    /// The source file.
    pub file: String,
    /// The line in it, counted from 1.
    pub line: u32,
}

/// Writes a run as Cucumber Messages: what is known before the run when it begins, each scenario when
/// it has ended.
#[derive(Debug)]
pub struct Messages<W> {
    out: Lines<W>,
    documents: Vec<Arc<GherkinDocument>>,
    definitions: Vec<Definition>,
    ids: Ids,
    nodes: Nodes,
    /// Ids of definitions by file, line and pattern.
    known: HashMap<(String, u32, String), String>,
    /// Ids of the pickles that were told, with those of their steps.
    pickles: HashMap<documents::PickleKey, documents::PickleIds>,
    /// The hook that stands for whatever went wrong around steps.
    hook: Option<String>,
    began: SystemTime,
}

/// The id of the one run a stream tells of.
const RUN: &str = "run";

impl<W: Write> Messages<W> {
    /// A report written to `out` that knows these documents and definitions.
    pub fn new(out: W, documents: Vec<Arc<GherkinDocument>>, definitions: Vec<Definition>) -> Self {
        Self {
            out: Lines(out),
            documents,
            definitions,
            ids: Ids(0),
            nodes: Nodes::default(),
            known: HashMap::new(),
            pickles: HashMap::new(),
            hook: None,
            began: SystemTime::UNIX_EPOCH,
        }
    }

    fn begin(&mut self) -> io::Result<()> {
        self.out.tell("meta", meta())?;
        for document in std::mem::take(&mut self.documents) {
            self.out.tell(
                "source",
                json!({
                    "uri": &*document.path,
                    "data": &*document.source,
                    "mediaType": "text/x.cucumber.gherkin+plain",
                }),
            )?;
            let told = self.nodes.document(&document, &mut self.ids);
            self.out.tell("gherkinDocument", told)?;
        }
        for definition in std::mem::take(&mut self.definitions) {
            let id = self.ids.next();
            let kind =
                if definition.is_regex { "REGULAR_EXPRESSION" } else { "CUCUMBER_EXPRESSION" };
            self.out.tell(
                "stepDefinition",
                json!({
                    "id": id,
                    "pattern": { "source": definition.pattern, "type": kind },
                    "sourceReference": {
                        "uri": definition.file,
                        "location": { "line": definition.line },
                    },
                }),
            )?;
            let key = (definition.file, definition.line, definition.pattern);
            self.known.insert(key, id);
        }
        let timestamp = timestamp(self.began);
        self.out.tell("testRunStarted", json!({ "id": RUN, "timestamp": timestamp }))
    }

    /// What was written so far.
    #[cfg(feature = "html-report")]
    pub(super) fn written(&self) -> &W {
        &self.out.0
    }

    fn at(&self, since_began: Duration) -> Value {
        timestamp(self.began + since_began)
    }
}

impl<W: Write> Report for Messages<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::RunStarted { time, .. } => {
                self.began = *time;
                self.begin()
            }
            _ => Ok(()),
        }
    }

    fn scenario(&mut self, story: &Arc<Story>) -> io::Result<()> {
        self.story(story)
    }

    fn finish(&mut self, totals: &Totals, duration: Duration) -> io::Result<()> {
        let mut finished = json!({
            "testRunStartedId": RUN,
            "success": totals.is_success(),
            "timestamp": self.at(duration),
        });
        if let Some(failure) = totals.failures.first() {
            finished["message"] = json!(failure.message);
        }
        self.out.tell("testRunFinished", finished)?;
        self.out.0.flush()
    }
}

/// One envelope on a line.
#[derive(Debug)]
struct Lines<W>(W);

impl<W: Write> Lines<W> {
    fn tell(&mut self, name: &str, message: Value) -> io::Result<()> {
        serde_json::to_writer(&mut self.0, &json!({ name: message }))?;
        self.0.write_all(b"\n")
    }
}

/// Numbers as ids, unique in the stream.
#[derive(Debug)]
struct Ids(u64);

impl Ids {
    fn next(&mut self) -> String {
        self.0 += 1;
        self.0.to_string()
    }
}

fn meta() -> Value {
    json!({
        "protocolVersion": "34.2.1",
        "implementation": { "name": "harmony-bdd", "version": env!("CARGO_PKG_VERSION") },
        "runtime": { "name": "rust", "version": env!("CARGO_PKG_RUST_VERSION") },
        "os": { "name": std::env::consts::OS },
        "cpu": { "name": std::env::consts::ARCH },
    })
}

fn timestamp(time: SystemTime) -> Value {
    duration(time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default())
}

fn duration(duration: Duration) -> Value {
    json!({ "seconds": duration.as_secs(), "nanos": duration.subsec_nanos() })
}
