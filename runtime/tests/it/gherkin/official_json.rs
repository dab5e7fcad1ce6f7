//! Documents and scenarios as JSON of Cucumber Messages, without ids, for comparison with the official
//! test data.

use harmony_bdd::gherkin::ast::{
    Background, Examples, Feature, GherkinDocument, KeywordType, Position, Rule, Scenario, Step,
    TableRow, Tag,
};
use harmony_bdd::model::{self, StepArgument, StepKeyword};
use serde_json::{Map, Value, json};

/// The document as the `gherkinDocument` of a message.
pub(super) fn document(document: &GherkinDocument) -> Value {
    let comments: Vec<Value> = document
        .comments
        .iter()
        .map(|comment| json!({"location": location(comment.position), "text": comment.text}))
        .collect();
    let mut json = object(json!({"comments": comments}));
    if let Some(feature) = &document.feature {
        json.insert("feature".into(), feature_json(feature));
    }
    Value::Object(json)
}

/// A scenario as the `pickle` of a message.
pub(super) fn pickle(scenario: &model::Scenario) -> Value {
    let location = scenario.example_row.as_ref().unwrap_or(&scenario.location);
    json!({
        "language": scenario.language,
        "location": {"line": location.line, "column": location.column},
        "name": scenario.name,
        "steps": scenario.steps.iter().map(pickle_step).collect::<Vec<_>>(),
        "tags": scenario.tags.iter().map(|tag| json!({"name": tag.name})).collect::<Vec<_>>(),
    })
}

/// Returns an official message without ids and without the paths of the machine that wrote it.
pub(super) fn without_ids(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(without_ids).collect(),
        Value::Object(fields) => fields
            .iter()
            .filter(|(key, _)| !matches!(key.as_str(), "id" | "astNodeId" | "astNodeIds" | "uri"))
            .map(|(key, value)| (key.clone(), without_ids(value)))
            .collect::<Map<_, _>>()
            .into(),
        other => other.clone(),
    }
}

fn feature_json(feature: &Feature) -> Value {
    let mut children: Vec<Value> = Vec::new();
    children.extend(feature.background.as_ref().map(background_json));
    children.extend(feature.scenarios.iter().map(scenario_json));
    children.extend(feature.rules.iter().map(rule_json));
    json!({
        "location": location(feature.position),
        "tags": tags_json(&feature.tags),
        "language": feature.language,
        "keyword": feature.keyword,
        "name": &*feature.name,
        "description": feature.description,
        "children": children,
    })
}

fn rule_json(rule: &Rule) -> Value {
    let mut children: Vec<Value> = Vec::new();
    children.extend(rule.background.as_ref().map(background_json));
    children.extend(rule.scenarios.iter().map(scenario_json));
    json!({"rule": {
        "location": location(rule.position),
        "tags": tags_json(&rule.tags),
        "keyword": rule.keyword,
        "name": &*rule.name,
        "description": rule.description,
        "children": children,
    }})
}

fn background_json(background: &Background) -> Value {
    json!({"background": {
        "location": location(background.position),
        "keyword": background.keyword,
        "name": background.name,
        "description": background.description,
        "steps": background.steps.iter().map(step_json).collect::<Vec<_>>(),
    }})
}

fn scenario_json(scenario: &Scenario) -> Value {
    json!({"scenario": {
        "location": location(scenario.position),
        "tags": tags_json(&scenario.tags),
        "keyword": scenario.keyword,
        "name": scenario.name,
        "description": scenario.description,
        "steps": scenario.steps.iter().map(step_json).collect::<Vec<_>>(),
        "examples": scenario.examples.iter().map(examples_json).collect::<Vec<_>>(),
    }})
}

fn examples_json(examples: &Examples) -> Value {
    let mut json = object(json!({
        "location": location(examples.position),
        "tags": tags_json(&examples.tags),
        "keyword": examples.keyword,
        "name": examples.name,
        "description": examples.description,
        "tableBody": examples.rows.iter().map(row_json).collect::<Vec<_>>(),
    }));
    if let Some(header) = &examples.header {
        json.insert("tableHeader".into(), row_json(header));
    }
    Value::Object(json)
}

fn step_json(step: &Step) -> Value {
    let keyword_type = match step.keyword_type {
        KeywordType::Context => "Context",
        KeywordType::Action => "Action",
        KeywordType::Outcome => "Outcome",
        KeywordType::Conjunction => "Conjunction",
        KeywordType::Unknown => "Unknown",
    };
    let mut json = object(json!({
        "location": location(step.position),
        "keyword": step.keyword,
        "keywordType": keyword_type,
        "text": step.text,
    }));
    if let Some(table) = &step.data_table {
        let rows: Vec<Value> = table.rows.iter().map(row_json).collect();
        json.insert(
            "dataTable".into(),
            json!({"location": location(table.position), "rows": rows}),
        );
    }
    if let Some(doc_string) = &step.doc_string {
        let mut inner = object(json!({
            "location": location(doc_string.position),
            "content": doc_string.content,
            "delimiter": doc_string.delimiter,
        }));
        if let Some(media_type) = &doc_string.media_type {
            inner.insert("mediaType".into(), json!(media_type));
        }
        json.insert("docString".into(), Value::Object(inner));
    }
    Value::Object(json)
}

fn row_json(row: &TableRow) -> Value {
    let cells: Vec<Value> = row
        .cells
        .iter()
        .map(|cell| json!({"location": location(cell.position), "value": cell.value}))
        .collect();
    json!({"location": location(row.position), "cells": cells})
}

fn tags_json(tags: &[Tag]) -> Value {
    tags.iter().map(|tag| json!({"location": location(tag.position), "name": tag.name})).collect()
}

fn location(position: Position) -> Value {
    json!({"line": position.line, "column": position.column})
}

fn pickle_step(step: &model::Step) -> Value {
    let step_type = match step.keyword {
        Some(StepKeyword::Given) => "Context",
        Some(StepKeyword::When) => "Action",
        Some(StepKeyword::Then) => "Outcome",
        None => "Unknown",
    };
    let mut json = object(json!({"text": step.text, "type": step_type}));
    let arguments: Vec<&StepArgument> =
        step.argument.iter().chain(step.extra_argument.as_deref()).collect();
    let mut argument = Map::new();
    for (index, part) in arguments.iter().enumerate() {
        let (key, mut inner) = match part {
            StepArgument::DataTable(table) => ("dataTable", pickle_table(table)),
            StepArgument::DocString(doc_string) => ("docString", pickle_doc_string(doc_string)),
        };
        if arguments.len() > 1 {
            inner.insert("argumentIndex".into(), json!(index + 1));
        }
        argument.insert(key.into(), Value::Object(inner));
    }
    if !argument.is_empty() {
        json.insert("argument".into(), Value::Object(argument));
    }
    Value::Object(json)
}

fn pickle_table(table: &model::DataTable) -> Map<String, Value> {
    let row = |row: &Vec<String>| json!({"cells": row.iter().map(|cell| json!({"value": cell})).collect::<Vec<_>>()});
    object(json!({"rows": table.rows.iter().map(row).collect::<Vec<_>>()}))
}

fn pickle_doc_string(doc_string: &model::DocString) -> Map<String, Value> {
    let mut json = object(json!({"content": doc_string.content}));
    if let Some(media_type) = &doc_string.media_type {
        json.insert("mediaType".into(), json!(media_type));
    }
    json
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        other => panic!("not an object: {other}"),
    }
}
