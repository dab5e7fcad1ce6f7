//! Cucumber Messages: a line of JSON for each thing that is known of a run, for every tool that reads
//! what Cucumber writes.
//!
//! Field names and required fields follow the schema of @cucumber/messages 34.

mod base64;
mod cases;
mod documents;
mod groups;
mod results;
mod source;

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::{Knowledge, Report, Story, Totals};
use crate::model::{Event, Failure, Scenario};
use crate::sort::sort_by_key;
use cases::Case;
use documents::Nodes;
use source::Source;

/// Writes a run as Cucumber Messages: what is known before the run when it begins, each scenario when
/// it has ended.
#[derive(Debug)]
pub struct Messages<W> {
    out: Lines<W>,
    knowledge: Knowledge,
    ids: Ids,
    nodes: Nodes,
    source: Source,
    /// Ids of the pickles that were told, with those of their steps.
    pickles: HashMap<documents::PickleKey, documents::PickleIds>,
    /// The test cases that were told before they ran; `None` until the first one begins.
    planned: Option<HashMap<documents::PickleKey, Arc<Case>>>,
    /// The hook that stands for whatever went wrong around steps and was no hook.
    around: Option<String>,
    /// Failures of hooks outside of any scenario, which are told with their hooks.
    told: Vec<Failure>,
    began: SystemTime,
}

/// The id of the one run a stream tells of.
const RUN: &str = "run";

impl<W: Write> Messages<W> {
    /// A report written to `out` that knows this before the run.
    pub fn new(out: W, knowledge: Knowledge) -> Self {
        Self {
            out: Lines(out),
            knowledge,
            ids: Ids(0),
            nodes: Nodes::default(),
            source: Source::new(),
            pickles: HashMap::new(),
            planned: None,
            around: None,
            told: Vec::new(),
            began: SystemTime::UNIX_EPOCH,
        }
    }

    fn begin(&mut self) -> io::Result<()> {
        self.out.tell("meta", meta())?;
        let scenarios = self.knowledge.scenarios.clone();
        let mut by_path: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, scenario) in scenarios.iter().enumerate() {
            by_path.entry(&scenario.place.path).or_default().push(index);
        }
        for document in std::mem::take(&mut self.knowledge.documents) {
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
            let mut of_it = by_path.remove(&*document.path).unwrap_or_default();
            // In the order of the file, however the run is ordered.
            sort_by_key(&mut of_it, |index| {
                let scenario = &scenarios[*index];
                (scenario.place.line, line_of_row(scenario))
            });
            for index in of_it {
                self.pickle(&scenarios[index])?;
            }
        }
        if let Some(code) = self.knowledge.code.clone() {
            self.source.tell(&*code, &mut self.out, &mut self.ids)?;
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
            Event::ScenarioStarted { .. } => self.plan(),
            Event::HookFinished { number: None, result } => {
                self.told.extend(result.failure.clone());
                self.run_hook(result)
            }
            _ => Ok(()),
        }
    }

    fn scenario(&mut self, story: &Arc<Story>) -> io::Result<()> {
        self.story(story)
    }

    fn finish(&mut self, totals: &Totals, duration: Duration) -> io::Result<()> {
        let success = totals.failed == 0 && totals.failures.is_empty() && !totals.interrupted;
        let mut finished = json!({
            "testRunStartedId": RUN,
            "success": success,
            "timestamp": self.at(duration),
        });
        let untold = totals.failures.iter().find(|failure| !self.told.contains(failure));
        if let Some(failure) = untold {
            finished["message"] = json!(failure.message);
            finished["exception"] = results::exception(failure, &failure.to_string());
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

fn line_of_row(scenario: &Scenario) -> u32 {
    scenario.example.as_ref().map_or(0, |row| row.line)
}

fn timestamp(time: SystemTime) -> Value {
    duration(time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default())
}

fn duration(duration: Duration) -> Value {
    json!({ "seconds": duration.as_secs(), "nanos": duration.subsec_nanos() })
}
