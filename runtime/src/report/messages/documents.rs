//! Documents and pickles as messages, and the ids of their nodes by location.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::lines::Ids;
use crate::gherkin::ast::{
    Background, Examples, Feature, GherkinDocument, KeywordType, Position, Rule, Scenario, Step,
    TableRow, Tag,
};
use crate::model::{self, Location, StepArgument, StepKeyword};

/// The ids of the nodes written so far, by location.
#[derive(Debug, Default)]
pub(super) struct Nodes(HashMap<Location, String>);

/// The identity of a pickle: the locations of the scenario and of its example row, and the combination
/// of platforms.
pub(super) type PickleKey = (Location, Option<Location>, Option<Arc<str>>);

/// The ids of a pickle.
#[derive(Debug, Clone)]
pub(super) struct PickleIds {
    pub(super) pickle: String,
    pub(super) steps: Vec<String>,
}

impl Nodes {
    /// Returns the `gherkinDocument` message of a document. `self` must have no nodes of another
    /// combination.
    pub(super) fn document(
        &mut self,
        document: &GherkinDocument,
        combination: Option<&str>,
        ids: &mut Ids,
    ) -> Value {
        let comments = document
            .comments
            .iter()
            .map(|comment| json!({ "location": location(comment.position), "text": comment.text }))
            .collect::<Value>();
        let uri = document_uri(&document.path, combination);
        let mut message = json!({ "uri": uri, "comments": comments });
        if let Some(feature) = &document.feature {
            let mut writer = Writer { nodes: self, ids, path: &document.path };
            message["feature"] = writer.feature(feature);
        }
        message
    }

    /// Returns the `pickle` message of a scenario, and its ids.
    pub(super) fn pickle(&self, scenario: &model::Scenario, ids: &mut Ids) -> (Value, PickleIds) {
        let id_of = |location: &Location| self.0.get(location).cloned();
        let row = scenario.example_row.as_ref().and_then(id_of);
        let mut step_ids = Vec::new();
        let steps = scenario
            .steps
            .iter()
            .map(|step| {
                let id = ids.next();
                let mut nodes = Vec::from_iter(id_of(&step.location));
                nodes.extend(row.clone().filter(|_| !step.from_background));
                let mut message = json!({
                    "id": id,
                    "text": step.text,
                    "type": match step.keyword {
                        Some(StepKeyword::Given) => "Context",
                        Some(StepKeyword::When) => "Action",
                        Some(StepKeyword::Then) => "Outcome",
                        None => "Unknown",
                    },
                    "astNodeIds": nodes,
                });
                if let Some(argument) = &step.argument {
                    message["argument"] = pickle_argument(argument);
                }
                step_ids.push(id);
                message
            })
            .collect::<Value>();
        let tags = scenario.tags.iter().map(|tag| json!({ "name": tag.name, "astNodeId": id_of(&tag.location).unwrap_or_default() })).collect::<Value>();
        let mut nodes = Vec::from_iter(id_of(&scenario.location));
        nodes.extend(row);
        let location = scenario.example_row.as_ref().unwrap_or(&scenario.location);
        let pickle = ids.next();
        let message = json!({
            "id": pickle,
            "uri": document_uri(&scenario.location.path, scenario.combination.as_deref()),
            "location": { "line": location.line, "column": location.column },
            "name": scenario.name,
            "language": scenario.language,
            "steps": steps,
            "tags": tags,
            "astNodeIds": nodes,
        });
        (message, PickleIds { pickle, steps: step_ids })
    }
}

/// Returns the URI of a document. In a run across processes each combination of platforms has its own,
/// as readers show one result for each scenario of a document.
pub(super) fn document_uri(path: &str, combination: Option<&str>) -> String {
    match combination {
        Some(combination) => format!("{path} [{combination}]"),
        None => path.to_owned(),
    }
}

struct Writer<'w> {
    nodes: &'w mut Nodes,
    ids: &'w mut Ids,
    path: &'w Arc<str>,
}

impl Writer<'_> {
    fn feature(&mut self, feature: &Feature) -> Value {
        let mut children = Vec::new();
        children.extend(feature.background.as_ref().map(|b| self.background(b)));
        children.extend(feature.scenarios.iter().map(|scenario| self.scenario(scenario)));
        children.extend(feature.rules.iter().map(|rule| self.rule(rule)));
        json!({
            "location": location(feature.position),
            "tags": self.tags(&feature.tags),
            "language": feature.language,
            "keyword": feature.keyword,
            "name": &*feature.name,
            "description": feature.description,
            "children": children,
        })
    }

    fn rule(&mut self, rule: &Rule) -> Value {
        let mut children = Vec::new();
        children.extend(rule.background.as_ref().map(|b| self.background(b)));
        children.extend(rule.scenarios.iter().map(|scenario| self.scenario(scenario)));
        json!({ "rule": {
            "id": self.id(rule.position),
            "location": location(rule.position),
            "tags": self.tags(&rule.tags),
            "keyword": rule.keyword,
            "name": &*rule.name,
            "description": rule.description,
            "children": children,
        } })
    }

    fn background(&mut self, background: &Background) -> Value {
        json!({ "background": {
            "id": self.id(background.position),
            "location": location(background.position),
            "keyword": background.keyword,
            "name": background.name,
            "description": background.description,
            "steps": self.steps(&background.steps),
        } })
    }

    fn scenario(&mut self, scenario: &Scenario) -> Value {
        let examples =
            scenario.examples.iter().map(|examples| self.examples(examples)).collect::<Value>();
        json!({ "scenario": {
            "id": self.id(scenario.position),
            "location": location(scenario.position),
            "tags": self.tags(&scenario.tags),
            "keyword": scenario.keyword,
            "name": scenario.name,
            "description": scenario.description,
            "steps": self.steps(&scenario.steps),
            "examples": examples,
        } })
    }

    fn examples(&mut self, examples: &Examples) -> Value {
        let rows = examples.rows.iter().map(|row| self.row(row)).collect::<Value>();
        let mut message = json!({
            "id": self.id(examples.position),
            "location": location(examples.position),
            "tags": self.tags(&examples.tags),
            "keyword": examples.keyword,
            "name": examples.name,
            "description": examples.description,
            "tableBody": rows,
        });
        if let Some(header) = &examples.header {
            message["tableHeader"] = self.row(header);
        }
        message
    }

    fn steps(&mut self, steps: &[Step]) -> Value {
        steps.iter().map(|step| self.step(step)).collect::<Value>()
    }

    fn step(&mut self, step: &Step) -> Value {
        let mut message = json!({
            "id": self.id(step.position),
            "location": location(step.position),
            "keyword": step.keyword,
            "keywordType": match step.keyword_type {
                KeywordType::Context => "Context",
                KeywordType::Action => "Action",
                KeywordType::Outcome => "Outcome",
                KeywordType::Conjunction => "Conjunction",
                KeywordType::Unknown => "Unknown",
            },
            "text": step.text,
        });
        if let Some(table) = &step.data_table {
            let rows = table.rows.iter().map(|row| self.row(row)).collect::<Value>();
            message["dataTable"] = json!({ "location": location(table.position), "rows": rows });
        }
        if let Some(doc_string) = &step.doc_string {
            let mut text = json!({
                "location": location(doc_string.position),
                "content": doc_string.content,
                "delimiter": doc_string.delimiter,
            });
            if let Some(media_type) = &doc_string.media_type {
                text["mediaType"] = json!(media_type);
            }
            message["docString"] = text;
        }
        message
    }

    fn row(&mut self, row: &TableRow) -> Value {
        let cells = row
            .cells
            .iter()
            .map(|cell| json!({ "location": location(cell.position), "value": cell.value }))
            .collect::<Value>();
        json!({ "id": self.id(row.position), "location": location(row.position), "cells": cells })
    }

    fn tags(&mut self, tags: &[Tag]) -> Value {
        tags.iter()
            .map(|tag| {
                let id = self.id(tag.position);
                json!({ "location": location(tag.position), "name": tag.name, "id": id })
            })
            .collect::<Value>()
    }

    fn id(&mut self, position: Position) -> String {
        let id = self.ids.next();
        self.nodes.0.insert(position.in_file(self.path), id.clone());
        id
    }
}

fn location(position: Position) -> Value {
    json!({ "line": position.line, "column": position.column })
}

fn pickle_argument(argument: &StepArgument) -> Value {
    match argument {
        StepArgument::DataTable(table) => {
            let cells = |row: &Vec<String>| {
                row.iter().map(|value| json!({ "value": value })).collect::<Value>()
            };
            let rows =
                table.rows.iter().map(|row| json!({ "cells": cells(row) })).collect::<Value>();
            json!({ "dataTable": { "rows": rows } })
        }
        StepArgument::DocString(text) => {
            let mut message = json!({ "content": text.content });
            if let Some(media_type) = &text.media_type {
                message["mediaType"] = json!(media_type);
            }
            json!({ "docString": message })
        }
    }
}

/// Returns the identity of a scenario's pickle.
pub(super) fn pickle_key(scenario: &model::Scenario) -> PickleKey {
    (scenario.location.clone(), scenario.example_row.clone(), scenario.combination.clone())
}
