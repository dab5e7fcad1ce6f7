//! The JSON report that Cucumber wrote before Cucumber Messages, which Jenkins, Xray and others read.

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use crate::gherkin::ast::GherkinDocument;
use crate::model::{
    Attachment, HookResult, HookSide, Outcome, Step, StepArgument, StepResult, Tag,
};
use crate::report::messages::base64;
use crate::report::problem::problem_text;
use crate::report::{Report, RunMetadata, ScenarioRecord, Totals};
use crate::text::{ControlFilter, filter_control};

/// Writes a run as one JSON array of features.
#[derive(Debug)]
pub struct CucumberJson<W> {
    out: W,
    documents: HashMap<Arc<str>, Arc<GherkinDocument>>,
    /// The elements of each feature, as JSON, with their numbers.
    features: Vec<FeatureElements>,
}

#[derive(Debug)]
struct FeatureElements {
    path: Arc<str>,
    name: Arc<str>,
    elements: Vec<(usize, String)>,
}

#[derive(Serialize)]
struct FeatureHead<'a> {
    uri: &'a str,
    id: String,
    keyword: &'a str,
    name: &'a str,
    description: &'a str,
    line: u32,
    tags: Vec<TagEntry<'a>>,
}

#[derive(Serialize)]
struct Element<'a> {
    id: String,
    keyword: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    name: &'a str,
    description: &'static str,
    line: u32,
    tags: Vec<TagEntry<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    before: Vec<HookEntry<'a>>,
    steps: Vec<StepEntry<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    after: Vec<HookEntry<'a>>,
}

#[derive(Serialize)]
struct TagEntry<'a> {
    name: &'a str,
    line: u32,
}

#[derive(Serialize)]
struct HookEntry<'a> {
    #[serde(rename = "match")]
    matched: MatchEntry,
    result: ResultEntry,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    output: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    embeddings: Vec<Embedding<'a>>,
}

#[derive(Serialize)]
struct StepEntry<'a> {
    keyword: String,
    name: &'a str,
    line: u32,
    #[serde(rename = "match")]
    matched: MatchEntry,
    result: ResultEntry,
    #[serde(skip_serializing_if = "Option::is_none")]
    rows: Option<Vec<Row<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    doc_string: Option<DocStringEntry<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    output: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    embeddings: Vec<Embedding<'a>>,
}

#[derive(Serialize, Default)]
struct MatchEntry {
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<String>,
}

#[derive(Serialize)]
struct ResultEntry {
    status: &'static str,
    /// In nanoseconds.
    duration: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<String>,
}

#[derive(Serialize)]
struct Row<'a> {
    cells: &'a [String],
}

#[derive(Serialize)]
struct DocStringEntry<'a> {
    value: &'a str,
    content_type: &'a str,
    line: u32,
}

#[derive(Serialize)]
struct Embedding<'a> {
    mime_type: &'a str,
    /// In base64.
    data: String,
    name: &'a str,
}

impl<W: Write> CucumberJson<W> {
    /// Creates a report written to `out`.
    pub fn new(out: W, metadata: &RunMetadata) -> Self {
        let documents = metadata.documents.iter();
        let documents =
            documents.map(|document| (Arc::clone(&document.path), Arc::clone(document)));
        Self { out, documents: documents.collect(), features: Vec::new() }
    }

    fn write_feature(&mut self, feature: &FeatureElements) -> io::Result<()> {
        let known = self.documents.get(&feature.path).and_then(|d| d.feature.as_ref());
        let tags = known.map(|known| &known.tags[..]).unwrap_or_default();
        let head = FeatureHead {
            uri: &feature.path,
            id: id(&feature.name),
            keyword: known.map_or("Feature", |known| known.keyword),
            name: &feature.name,
            description: known.map_or("", |known| &known.description),
            line: known.map_or(1, |known| known.position.line),
            tags: tags
                .iter()
                .map(|tag| TagEntry { name: &tag.name, line: tag.position.line })
                .collect(),
        };
        // The elements are JSON already; they become the last member of the object.
        let head = serde_json::to_string(&head)?;
        self.out.write_all(head.strip_suffix('}').unwrap_or(&head).as_bytes())?;
        self.out.write_all(b",\"elements\":[")?;
        for (index, (_, element)) in feature.elements.iter().enumerate() {
            self.out.write_all(if index == 0 { b"\n" } else { b",\n" })?;
            self.out.write_all(element.as_bytes())?;
        }
        self.out.write_all(b"]}")
    }
}

impl<W: Write> Report for CucumberJson<W> {
    fn on_scenario_finished(&mut self, record: &Arc<ScenarioRecord>) -> io::Result<()> {
        let element = serde_json::to_string(&element(record))?;
        let path = &record.scenario.location.path;
        let index = self.features.iter().position(|feature| feature.path == *path);
        let index = index.unwrap_or_else(|| {
            let (path, name) = (Arc::clone(path), Arc::clone(&record.scenario.feature));
            self.features.push(FeatureElements { path, name, elements: Vec::new() });
            self.features.len() - 1
        });
        self.features[index].elements.push((record.number, element));
        Ok(())
    }

    fn on_run_finished(&mut self, _totals: &Totals, _duration: Duration) -> io::Result<()> {
        let mut features = std::mem::take(&mut self.features);
        // Scenarios finish in any order.
        features.iter_mut().for_each(|feature| feature.elements.sort());
        features.sort_by_key(|feature| feature.elements.first().map(|(number, _)| *number));
        self.out.write_all(b"[")?;
        for (index, feature) in features.iter().enumerate() {
            self.out.write_all(if index == 0 { b"\n" } else { b",\n" })?;
            self.write_feature(feature)?;
        }
        self.out.write_all(b"\n]\n")?;
        self.out.flush()
    }
}

/// Returns the last attempt of a scenario; the format has no place for others.
fn element(record: &ScenarioRecord) -> Element<'_> {
    let scenario = &record.scenario;
    let last = record.last();
    let hooks = |side| {
        let hooks = last.map(|last| &last.hooks[..]).unwrap_or_default().iter();
        hooks.filter(|hook| hook.kind.side() == side).map(|hook| hook_entry(hook)).collect()
    };
    let results = last.map(|last| &last.results[..]).unwrap_or_default();
    let location = record.location();
    Element {
        id: format!("{};{};{}", id(&scenario.feature), id(&scenario.name), location.line),
        keyword: if scenario.example_row.is_some() { "Scenario Outline" } else { "Scenario" },
        kind: "scenario",
        name: &scenario.name,
        description: "",
        line: location.line,
        tags: scenario.tags.iter().map(tag_entry).collect(),
        before: hooks(HookSide::Before),
        steps: scenario.steps.iter().zip(results).map(|(s, r)| step_entry(s, r)).collect(),
        after: hooks(HookSide::After),
    }
}

fn tag_entry(tag: &Tag) -> TagEntry<'_> {
    TagEntry { name: &tag.name, line: tag.location.line }
}

fn hook_entry(hook: &HookResult) -> HookEntry<'_> {
    let messages = hook.logs.iter().map(|entry| entry.message.as_str());
    HookEntry {
        matched: MatchEntry { location: Some(hook.location.to_string()) },
        result: result_entry(&hook.outcome, hook.duration),
        output: output(messages, &hook.output),
        embeddings: hook.attachments.iter().map(embedding).collect(),
    }
}

fn step_entry<'a>(step: &'a Step, result: &'a StepResult) -> StepEntry<'a> {
    let (mut rows, mut doc_string) = (None, None);
    match &step.argument {
        Some(StepArgument::DataTable(table)) => {
            rows = Some(table.rows.iter().map(|cells| Row { cells }).collect());
        }
        Some(StepArgument::DocString(text)) => {
            doc_string = Some(DocStringEntry {
                value: &text.content,
                content_type: text.media_type.as_deref().unwrap_or_default(),
                line: text.location.line,
            });
        }
        None => {}
    }
    let messages = result.logs.iter().map(|entry| entry.message.as_str());
    let definition = result.definition.as_ref();
    StepEntry {
        keyword: format!("{} ", step.keyword_text),
        name: &step.text,
        line: step.location.line,
        matched: MatchEntry { location: definition.map(|d| format!("{}:{}", d.file, d.line)) },
        result: result_entry(&result.outcome, result.duration),
        rows,
        doc_string,
        output: output(messages, &result.output),
        embeddings: result.attachments.iter().map(embedding).collect(),
    }
}

fn result_entry(outcome: &Outcome, duration: Duration) -> ResultEntry {
    let (status, has_message) = match outcome {
        Outcome::Passed => ("passed", false),
        Outcome::Failed(_) | Outcome::TimedOut { .. } => ("failed", true),
        Outcome::Skipped { .. } | Outcome::Unsupported { .. } => ("skipped", false),
        Outcome::Pending { .. } => ("pending", true),
        Outcome::Undefined { .. } => ("undefined", false),
        Outcome::Ambiguous { .. } => ("ambiguous", true),
    };
    let mut message = problem_text(outcome);
    if let Outcome::Failed(failure) = outcome {
        failure.causes.iter().for_each(|cause| message.push_str(&format!("\ncaused by: {cause}")));
    }
    ResultEntry {
        status,
        duration: u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX),
        error_message: has_message.then(|| plain(&message)),
    }
}

fn output<'a>(messages: impl Iterator<Item = &'a str>, printed: &'a str) -> Vec<String> {
    let printed = Some(printed).filter(|text| !text.is_empty());
    messages.chain(printed).map(plain).collect()
}

fn embedding(attachment: &Attachment) -> Embedding<'_> {
    Embedding {
        mime_type: &attachment.media_type,
        data: base64::encode(&attachment.content),
        name: &attachment.name,
    }
}

fn plain(text: &str) -> String {
    filter_control(text, ControlFilter::RemoveAll).into_owned()
}

/// Returns a name as an id: lower case, with `-` for spaces.
fn id(name: &str) -> String {
    name.to_lowercase().replace(char::is_whitespace, "-")
}
