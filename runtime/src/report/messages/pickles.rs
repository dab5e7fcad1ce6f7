//! A scenario that is ready to run as a message, which the protocol calls a pickle.

use std::borrow::Cow;
use std::sync::Arc;

use serde::Serialize;

use super::documents::{PositionMessage, document_uri};
use super::lines::{Id, Ids};
use super::nodes::DocumentNodes;
use crate::model::{Location, Scenario, Step, StepArgument, StepKeyword, Tag};

/// The identity of a pickle: the locations of the scenario and of its example row, and the combination
/// of platforms.
pub(super) type PickleKey = (Location, Option<Location>, Option<Arc<str>>);

/// The ids of a pickle.
#[derive(Debug)]
pub(super) struct PickleIds {
    pub(super) pickle: Id,
    pub(super) steps: Vec<Id>,
}

/// The message of a pickle.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PickleMessage<'a> {
    id: Id,
    uri: Cow<'a, str>,
    location: PositionMessage,
    name: &'a str,
    language: &'a str,
    steps: Vec<PickleStepMessage<'a>>,
    tags: Vec<PickleTagMessage<'a>>,
    ast_node_ids: Vec<Id>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PickleStepMessage<'a> {
    id: Id,
    text: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    ast_node_ids: Vec<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    argument: Option<ArgumentMessage<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PickleTagMessage<'a> {
    name: &'a str,
    #[serde(serialize_with = "id_or_empty")]
    ast_node_id: Option<Id>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
enum ArgumentMessage<'a> {
    DataTable {
        rows: Vec<RowMessage<'a>>,
    },
    #[serde(rename_all = "camelCase")]
    DocString {
        content: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        media_type: Option<&'a str>,
    },
}

#[derive(Debug, Serialize)]
struct RowMessage<'a> {
    cells: Vec<CellMessage<'a>>,
}

#[derive(Debug, Serialize)]
struct CellMessage<'a> {
    value: &'a str,
}

/// Returns the identity of a scenario's pickle.
pub(super) fn pickle_key(scenario: &Scenario) -> PickleKey {
    (scenario.location.clone(), scenario.example_row.clone(), scenario.combination.clone())
}

impl<'a> PickleMessage<'a> {
    /// Returns the message of a scenario; `nodes` are those of its document.
    pub(super) fn new(
        scenario: &'a Scenario,
        nodes: Option<&DocumentNodes>,
        ids: &mut Ids,
    ) -> Self {
        let node = |location| nodes.and_then(|nodes| nodes.id(location));
        let row = scenario.example_row.as_ref().and_then(node);
        let mut step = |step: &'a Step| {
            let mut ast_node_ids = Vec::from_iter(node(&step.location));
            ast_node_ids.extend(row.filter(|_| !step.from_background));
            PickleStepMessage {
                id: ids.next(),
                text: &step.text,
                kind: match step.keyword {
                    Some(StepKeyword::Given) => "Context",
                    Some(StepKeyword::When) => "Action",
                    Some(StepKeyword::Then) => "Outcome",
                    None => "Unknown",
                },
                ast_node_ids,
                argument: step.argument.as_ref().map(ArgumentMessage::new),
            }
        };
        let steps = scenario.steps.iter().map(&mut step).collect();
        let tag =
            |tag: &'a Tag| PickleTagMessage { name: &tag.name, ast_node_id: node(&tag.location) };
        let location = scenario.selectable_location();
        Self {
            id: ids.next(),
            uri: document_uri(&scenario.location.path, scenario.combination.as_deref()),
            location: PositionMessage { line: location.line, column: location.column },
            name: &scenario.name,
            language: scenario.language,
            steps,
            tags: scenario.tags.iter().map(tag).collect(),
            ast_node_ids: node(&scenario.location).into_iter().chain(row).collect(),
        }
    }

    pub(super) fn ids(&self) -> PickleIds {
        PickleIds { pickle: self.id, steps: self.steps.iter().map(|step| step.id).collect() }
    }
}

impl<'a> ArgumentMessage<'a> {
    fn new(argument: &'a StepArgument) -> Self {
        match argument {
            StepArgument::DataTable(table) => {
                let row = |row: &'a Vec<String>| RowMessage {
                    cells: row.iter().map(|value| CellMessage { value }).collect(),
                };
                Self::DataTable { rows: table.rows.iter().map(row).collect() }
            }
            StepArgument::DocString(text) => {
                Self::DocString { content: &text.content, media_type: text.media_type.as_deref() }
            }
        }
    }
}

fn id_or_empty<S: serde::Serializer>(id: &Option<Id>, serializer: S) -> Result<S::Ok, S::Error> {
    match id {
        Some(id) => id.serialize(serializer),
        None => serializer.serialize_str(""),
    }
}
