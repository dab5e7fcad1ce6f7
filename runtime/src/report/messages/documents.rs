//! Documents and pickles as messages, and the ids of their nodes by place.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::Ids;
use crate::gherkin::ast::{
    Background, Examples, Feature, GherkinDocument, KeywordType, Position, Rule, Scenario, Step,
    TableRow, Tag,
};
use crate::json::array;
use crate::model::{self, Place, StepArgument, StepKeyword};

/// Ids of the nodes that were told, by their place.
#[derive(Debug, Default)]
pub(super) struct Nodes(HashMap<Place, String>);

/// What tells pickles apart: where the scenario and its row stand.
pub(super) type PickleKey = (Place, Option<Place>);

/// The ids of a pickle.
#[derive(Debug, Clone)]
pub(super) struct PickleIds {
    pub(super) pickle: String,
    pub(super) steps: Vec<String>,
}

impl Nodes {
    /// The `gherkinDocument` message.
    pub(super) fn document(&mut self, document: &GherkinDocument, ids: &mut Ids) -> Value {
        let comments = array(
            &document.comments,
            |comment| json!({ "location": location(comment.position), "text": comment.text }),
        );
        let mut told = json!({ "uri": &*document.path, "comments": comments });
        if let Some(feature) = &document.feature {
            let mut writer = Writer { nodes: self, ids, path: &document.path };
            told["feature"] = writer.feature(feature);
        }
        told
    }

    /// The `pickle` message of a scenario, and its ids.
    pub(super) fn pickle(&self, scenario: &model::Scenario, ids: &mut Ids) -> (Value, PickleIds) {
        let of = |place: &Place| self.0.get(place).cloned();
        let row = scenario.example.as_ref().and_then(of);
        let mut step_ids = Vec::new();
        let steps = array(&scenario.steps, |step| {
            let id = ids.next();
            let mut nodes = Vec::from_iter(of(&step.place));
            nodes.extend(row.clone().filter(|_| !step.from_background));
            let mut told = json!({
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
                told["argument"] = pickle_argument(argument);
            }
            step_ids.push(id);
            told
        });
        let tags = array(
            &scenario.tags,
            |tag| json!({ "name": tag.name, "astNodeId": of(&tag.place).unwrap_or_default() }),
        );
        let mut nodes = Vec::from_iter(of(&scenario.place));
        nodes.extend(row);
        let place = scenario.example.as_ref().unwrap_or(&scenario.place);
        let pickle = ids.next();
        let told = json!({
            "id": pickle,
            "uri": &*scenario.place.path,
            "location": { "line": place.line, "column": place.column },
            "name": scenario.name,
            "language": scenario.language,
            "steps": steps,
            "tags": tags,
            "astNodeIds": nodes,
        });
        (told, PickleIds { pickle, steps: step_ids })
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
        let examples = array(&scenario.examples, |examples| self.examples(examples));
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
        let rows = array(&examples.rows, |row| self.row(row));
        let mut told = json!({
            "id": self.id(examples.position),
            "location": location(examples.position),
            "tags": self.tags(&examples.tags),
            "keyword": examples.keyword,
            "name": examples.name,
            "description": examples.description,
            "tableBody": rows,
        });
        if let Some(header) = &examples.header {
            told["tableHeader"] = self.row(header);
        }
        told
    }

    fn steps(&mut self, steps: &[Step]) -> Value {
        array(steps, |step| self.step(step))
    }

    fn step(&mut self, step: &Step) -> Value {
        let mut told = json!({
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
            let rows = array(&table.rows, |row| self.row(row));
            told["dataTable"] = json!({ "location": location(table.position), "rows": rows });
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
            told["docString"] = text;
        }
        told
    }

    fn row(&mut self, row: &TableRow) -> Value {
        let cells = array(
            &row.cells,
            |cell| json!({ "location": location(cell.position), "value": cell.value }),
        );
        json!({ "id": self.id(row.position), "location": location(row.position), "cells": cells })
    }

    fn tags(&mut self, tags: &[Tag]) -> Value {
        array(tags, |tag| {
            let id = self.id(tag.position);
            json!({ "location": location(tag.position), "name": tag.name, "id": id })
        })
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
            let cells = |row: &Vec<String>| array(row, |value| json!({ "value": value }));
            let rows = array(&table.rows, |row| json!({ "cells": cells(row) }));
            json!({ "dataTable": { "rows": rows } })
        }
        StepArgument::DocString(text) => {
            let mut told = json!({ "content": text.content });
            if let Some(media_type) = &text.media_type {
                told["mediaType"] = json!(media_type);
            }
            json!({ "docString": told })
        }
    }
}
