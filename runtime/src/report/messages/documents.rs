//! The syntax tree of a feature file as a message.

use std::borrow::Cow;

use serde::Serialize;

use super::lines::Id;
use super::nodes::NewNodes;
use crate::gherkin::ast::{
    Background, Comment, Examples, Feature, GherkinDocument, KeywordType, Position, Rule, Scenario,
    Step, TableRow, Tag,
};

/// Returns the URI of a document. In a run across processes each combination of platforms has its own,
/// as readers show one result for each scenario of a document.
pub(super) fn document_uri<'a>(path: &'a str, combination: Option<&str>) -> Cow<'a, str> {
    match combination {
        Some(combination) => Cow::Owned(format!("{path} [{combination}]")),
        None => Cow::Borrowed(path),
    }
}

/// The message of a document.
#[derive(Debug, Serialize)]
pub(super) struct DocumentMessage<'a> {
    uri: &'a str,
    comments: Vec<CommentMessage<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    feature: Option<FeatureMessage<'a>>,
}

/// A position as the protocol represents it.
#[derive(Debug, Serialize)]
pub(super) struct PositionMessage {
    pub(super) line: u32,
    pub(super) column: u32,
}

#[derive(Debug, Serialize)]
struct CommentMessage<'a> {
    location: PositionMessage,
    text: &'a str,
}

#[derive(Debug, Serialize)]
struct FeatureMessage<'a> {
    location: PositionMessage,
    tags: Vec<TagMessage<'a>>,
    language: &'a str,
    keyword: &'a str,
    name: &'a str,
    description: &'a str,
    children: Vec<ChildMessage<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
enum ChildMessage<'a> {
    Background(BackgroundMessage<'a>),
    Scenario(ScenarioMessage<'a>),
    Rule(RuleMessage<'a>),
}

#[derive(Debug, Serialize)]
struct RuleMessage<'a> {
    id: Id,
    location: PositionMessage,
    tags: Vec<TagMessage<'a>>,
    keyword: &'a str,
    name: &'a str,
    description: &'a str,
    children: Vec<ChildMessage<'a>>,
}

#[derive(Debug, Serialize)]
struct BackgroundMessage<'a> {
    id: Id,
    location: PositionMessage,
    keyword: &'a str,
    name: &'a str,
    description: &'a str,
    steps: Vec<StepMessage<'a>>,
}

#[derive(Debug, Serialize)]
struct ScenarioMessage<'a> {
    id: Id,
    location: PositionMessage,
    tags: Vec<TagMessage<'a>>,
    keyword: &'a str,
    name: &'a str,
    description: &'a str,
    steps: Vec<StepMessage<'a>>,
    examples: Vec<ExamplesMessage<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ExamplesMessage<'a> {
    id: Id,
    location: PositionMessage,
    tags: Vec<TagMessage<'a>>,
    keyword: &'a str,
    name: &'a str,
    description: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    table_header: Option<RowMessage<'a>>,
    table_body: Vec<RowMessage<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct StepMessage<'a> {
    id: Id,
    location: PositionMessage,
    keyword: &'a str,
    keyword_type: &'static str,
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    data_table: Option<TableMessage<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    doc_string: Option<DocStringMessage<'a>>,
}

#[derive(Debug, Serialize)]
struct TableMessage<'a> {
    location: PositionMessage,
    rows: Vec<RowMessage<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct DocStringMessage<'a> {
    location: PositionMessage,
    content: &'a str,
    delimiter: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    media_type: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct RowMessage<'a> {
    id: Id,
    location: PositionMessage,
    cells: Vec<CellMessage<'a>>,
}

#[derive(Debug, Serialize)]
struct CellMessage<'a> {
    location: PositionMessage,
    value: &'a str,
}

#[derive(Debug, Serialize)]
struct TagMessage<'a> {
    location: PositionMessage,
    name: &'a str,
    id: Id,
}

impl From<Position> for PositionMessage {
    fn from(position: Position) -> Self {
        Self { line: position.line, column: position.column }
    }
}

impl<'a> DocumentMessage<'a> {
    /// Returns the message of a document, and adds its nodes.
    pub(super) fn new(
        document: &'a GherkinDocument,
        uri: &'a str,
        nodes: &mut NewNodes<'_>,
    ) -> Self {
        let comment = |comment: &'a Comment| CommentMessage {
            location: comment.position.into(),
            text: &comment.text,
        };
        Self {
            uri,
            comments: document.comments.iter().map(comment).collect(),
            feature: document.feature.as_ref().map(|feature| Builder(nodes).feature(feature)),
        }
    }
}

/// Builds messages and gives ids to their nodes.
struct Builder<'n, 'i>(&'n mut NewNodes<'i>);

impl Builder<'_, '_> {
    fn feature<'a>(&mut self, feature: &'a Feature) -> FeatureMessage<'a> {
        let mut children = self.children(feature.background.as_ref(), &feature.scenarios);
        children.extend(feature.rules.iter().map(|rule| ChildMessage::Rule(self.rule(rule))));
        FeatureMessage {
            location: feature.position.into(),
            tags: self.tags(&feature.tags),
            language: feature.language,
            keyword: feature.keyword,
            name: &feature.name,
            description: &feature.description,
            children,
        }
    }

    fn rule<'a>(&mut self, rule: &'a Rule) -> RuleMessage<'a> {
        RuleMessage {
            id: self.0.add(rule.position),
            location: rule.position.into(),
            tags: self.tags(&rule.tags),
            keyword: rule.keyword,
            name: &rule.name,
            description: &rule.description,
            children: self.children(rule.background.as_ref(), &rule.scenarios),
        }
    }

    fn children<'a>(
        &mut self,
        background: Option<&'a Background>,
        scenarios: &'a [Scenario],
    ) -> Vec<ChildMessage<'a>> {
        let background = background.map(|b| ChildMessage::Background(self.background(b)));
        let scenarios = scenarios.iter().map(|s| ChildMessage::Scenario(self.scenario(s)));
        background.into_iter().chain(scenarios).collect()
    }

    fn background<'a>(&mut self, background: &'a Background) -> BackgroundMessage<'a> {
        BackgroundMessage {
            id: self.0.add(background.position),
            location: background.position.into(),
            keyword: background.keyword,
            name: &background.name,
            description: &background.description,
            steps: self.steps(&background.steps),
        }
    }

    fn scenario<'a>(&mut self, scenario: &'a Scenario) -> ScenarioMessage<'a> {
        ScenarioMessage {
            id: self.0.add(scenario.position),
            location: scenario.position.into(),
            tags: self.tags(&scenario.tags),
            keyword: scenario.keyword,
            name: &scenario.name,
            description: &scenario.description,
            steps: self.steps(&scenario.steps),
            examples: scenario.examples.iter().map(|e| self.examples(e)).collect(),
        }
    }

    fn examples<'a>(&mut self, examples: &'a Examples) -> ExamplesMessage<'a> {
        ExamplesMessage {
            id: self.0.add(examples.position),
            location: examples.position.into(),
            tags: self.tags(&examples.tags),
            keyword: examples.keyword,
            name: &examples.name,
            description: &examples.description,
            table_header: examples.header.as_ref().map(|header| self.row(header)),
            table_body: self.rows(&examples.rows),
        }
    }

    fn steps<'a>(&mut self, steps: &'a [Step]) -> Vec<StepMessage<'a>> {
        steps.iter().map(|step| self.step(step)).collect()
    }

    fn step<'a>(&mut self, step: &'a Step) -> StepMessage<'a> {
        let data_table = step.data_table.as_ref().map(|table| TableMessage {
            location: table.position.into(),
            rows: self.rows(&table.rows),
        });
        let doc_string = step.doc_string.as_ref().map(|doc_string| DocStringMessage {
            location: doc_string.position.into(),
            content: &doc_string.content,
            delimiter: doc_string.delimiter,
            media_type: doc_string.media_type.as_deref(),
        });
        StepMessage {
            id: self.0.add(step.position),
            location: step.position.into(),
            keyword: step.keyword,
            keyword_type: match step.keyword_type {
                KeywordType::Context => "Context",
                KeywordType::Action => "Action",
                KeywordType::Outcome => "Outcome",
                KeywordType::Conjunction => "Conjunction",
                KeywordType::Unknown => "Unknown",
            },
            text: &step.text,
            data_table,
            doc_string,
        }
    }

    fn rows<'a>(&mut self, rows: &'a [TableRow]) -> Vec<RowMessage<'a>> {
        rows.iter().map(|row| self.row(row)).collect()
    }

    fn row<'a>(&mut self, row: &'a TableRow) -> RowMessage<'a> {
        let cells = row.cells.iter();
        let cells =
            cells.map(|cell| CellMessage { location: cell.position.into(), value: &cell.value });
        RowMessage {
            id: self.0.add(row.position),
            location: row.position.into(),
            cells: cells.collect(),
        }
    }

    fn tags<'a>(&mut self, tags: &'a [Tag]) -> Vec<TagMessage<'a>> {
        let mut tag = |tag: &'a Tag| TagMessage {
            location: tag.position.into(),
            name: &tag.name,
            id: self.0.add(tag.position),
        };
        tags.iter().map(&mut tag).collect()
    }
}
