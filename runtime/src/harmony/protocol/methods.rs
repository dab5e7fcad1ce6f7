//! The parameters of the methods of a Harmony serve and the result of `discover`, as JSON, converted by
//! hand. The result of a step is in [`step_result`](crate::harmony::protocol::step_response::encode).
//!
//! Reading is lenient (member names in any case, unknown members ignored, of two members with one name
//! the last), writing is strict. No wire type leaves this module's callers.
//!
//! Some members are an addition of this project, for a serve that announces them as
//! [capabilities](steps_json) in its `discover` reply:
//!
//! - `DataTable` of `executeStep`: the rows below the step, an array of arrays of strings;
//! - `DocString` of `executeStep`: `{"Content": text, "MediaType": text or null}`;
//! - `Tags` and `FeatureTags` of `initialize`: the tags of the scenario, inherited ones included, and
//!   those of its feature, arrays of strings with their `@`;
//! - `Feature` and `FeaturePath` of `initialize`: the name of the feature, and the path of its file as the
//!   runner has it. They come with the tags.

use serde_json::{Map, Value, json};

use crate::engine::{Pattern, PatternKind, StepCall, StepDefinition, StepScope, TagToken};
use crate::harmony::protocol::jsonrpc::{INVALID_PARAMS, RpcError};
use crate::harmony::protocol::members::member;
use crate::model::{DataTable, DocString, Location, StepArgument, StepKeyword};

/// The parameters of `initialize`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InitializeParams {
    /// The role of the process, such as `reader`.
    pub role: Option<String>,
    /// The name of its platform in the configuration of the runner.
    pub platform: Option<String>,
    /// The scenario; the reference runner sends `test` for every one.
    pub scenario: Option<String>,
    /// The runner's process id.
    pub host_pid: Option<u64>,
    /// The number before the first `-` of the feature file's name.
    pub feature_id: Option<u64>,
    /// The tags of the scenario, inherited ones included, with their `@`.
    pub tags: Option<Vec<String>>,
    /// The tags among them that are its feature's.
    pub feature_tags: Option<Vec<String>>,
    /// The name of its feature.
    pub feature: Option<String>,
    /// The path of the file of its feature.
    pub feature_path: Option<String>,
}

/// The parameters of `executeStep`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExecuteStepParams {
    /// The role the step was routed to.
    pub process: Option<String>,
    /// The type of the step.
    pub keyword: Option<StepKeyword>,
    /// The text after the keyword.
    pub text: String,
    /// The table or doc string below it.
    pub argument: Option<StepArgument>,
    /// The values of earlier steps.
    pub context: Vec<(String, String)>,
    /// True if every process gets this step.
    pub broadcast: bool,
}

/// The members of `initialize` that the reference runner does not send, as its serves refuse unknown ones.
pub const ADDED_MEMBERS: [&str; 4] = ["Tags", "FeatureTags", "Feature", "FeaturePath"];

impl InitializeParams {
    /// Reads the parameters of `initialize`; members of the wrong type are left out.
    pub fn from_params(params: &Value) -> Self {
        let Some(object) = first_object(params) else { return Self::default() };
        Self {
            role: text(member(object, "role")),
            platform: text(member(object, "platform")),
            scenario: text(member(object, "scenario")),
            host_pid: member(object, "hostPid").and_then(Value::as_u64),
            feature_id: member(object, "featureId").and_then(Value::as_u64),
            tags: texts(member(object, "tags")),
            feature_tags: texts(member(object, "featureTags")),
            feature: text(member(object, "feature")),
            feature_path: text(member(object, "featurePath")),
        }
    }

    /// Returns the parameters of `initialize` as JSON text, member by member as the reference runner
    /// writes them; tags and the feature only if they are given.
    pub fn to_params(&self) -> String {
        let (host, feature) = (self.host_pid.unwrap_or(0), self.feature_id.unwrap_or(0));
        let mut argument = json!({
            "Role": self.role,
            "Platform": self.platform,
            "Scenario": self.scenario,
            "HostPid": host,
            "FeatureId": feature,
            "TestRunId": format!("{host}_{feature}"),
        });
        for (name, tags) in [("Tags", &self.tags), ("FeatureTags", &self.feature_tags)] {
            if let Some(tags) = tags {
                argument[name] = json!(tags);
            }
        }
        for (name, text) in [("Feature", &self.feature), ("FeaturePath", &self.feature_path)] {
            if let Some(text) = text {
                argument[name] = json!(text);
            }
        }
        format!("[{argument}]")
    }
}

impl ExecuteStepParams {
    /// Reads the parameters of `executeStep`.
    ///
    /// # Errors
    /// Returns the error "invalid params" if there is no step text, or a table or doc string has the wrong
    /// shape.
    pub fn from_params(params: &Value) -> Result<Self, RpcError> {
        let invalid = |message: &str| RpcError::new(INVALID_PARAMS, message);
        let object = first_object(params)
            .ok_or_else(|| invalid("executeStep takes one object: [{\"Step\": \"…\", …}]"))?;
        let text = match member(object, "step") {
            Some(Value::String(step)) => step.clone(),
            Some(_) => return Err(invalid("`Step` must be a string, the text of the step")),
            None => return Err(invalid("executeStep needs `Step`, the text of the step")),
        };
        let argument = match (member(object, "dataTable"), member(object, "docString")) {
            (Some(table), _) if !table.is_null() => {
                Some(StepArgument::DataTable(read_table(table).ok_or_else(|| {
                    invalid("`DataTable` must be rows of strings, all of one length")
                })?))
            }
            (_, Some(doc)) if !doc.is_null() => Some(StepArgument::DocString(
                read_doc_string(doc)
                    .ok_or_else(|| invalid("`DocString` must be {\"Content\": \"…\"}"))?,
            )),
            _ => None,
        };
        Ok(Self {
            process: self::text(member(object, "process")),
            keyword: member(object, "stepType").and_then(read_keyword),
            text,
            argument,
            context: member(object, "context").map(read_context).unwrap_or_default(),
            broadcast: member(object, "isBroadcast").and_then(Value::as_bool).unwrap_or(false),
        })
    }

    /// Returns the parameters of `executeStep` as JSON text, member by member as the reference runner
    /// writes them.
    pub fn to_params(&self) -> String {
        let context: Map<String, Value> =
            self.context.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        let mut argument = json!({
            "Process": self.process,
            "StepType": self.keyword.map_or(0, keyword_number),
            "Step": self.text,
            "Parameters": {},
            "Context": context,
            "IsBroadcast": self.broadcast,
        });
        match &self.argument {
            Some(StepArgument::DataTable(table)) => argument["DataTable"] = json!(table.rows),
            Some(StepArgument::DocString(doc)) => {
                argument["DocString"] =
                    json!({"Content": doc.content, "MediaType": doc.media_type});
            }
            None => {}
        }
        format!("[{argument}]")
    }

    /// Converts the step for the engine; `role` is that of this process, for a step that names none.
    pub fn into_call(self, role: Option<String>) -> StepCall {
        StepCall {
            keyword: self.keyword,
            text: self.text,
            argument: self.argument,
            location: None,
            process: self.process.filter(|p| !p.is_empty()).or(role),
        }
    }
}

/// Returns the result of `discover`: the definitions, with `regex` and `timeoutMs` as an addition of this
/// project, the scope of those that have one, and the capabilities of this serve beyond the reference
/// protocol.
pub fn steps_json(definitions: impl Iterator<Item = &'static StepDefinition>) -> String {
    let mut steps: Vec<_> = definitions
        .map(|d| {
            let regex = plain_regex(&d.pattern);
            (keyword_word(d.keyword), d.pattern.source, regex, d.options.timeout_ms, d.scope)
        })
        .collect();
    steps.sort_by(|a, b| (a.0, a.1, &a.2, a.3).cmp(&(b.0, b.1, &b.2, b.3)));
    let steps = steps
        .iter()
        .map(|(word, pattern, regex, timeout, scope)| {
            let mut step = json!({"type": word, "pattern": pattern, "regex": regex});
            if let Some(ms) = timeout {
                step["timeoutMs"] = json!(ms);
            }
            if let Some(scope) = scope {
                step["scope"] = scope_json(scope);
            }
            step
        })
        .collect::<Value>();
    json!({
        "steps": steps,
        "capabilities": {
            "timeout": true,
            "contentLength": true,
            "logging": true,
            "dataTable": true,
            "docString": true,
            "context": true,
            "tags": true,
        },
    })
    .to_string()
}

/// Returns a scope, with its tag filter in reverse Polish notation.
fn scope_json(scope: &StepScope) -> Value {
    let word = |token: &TagToken| match token {
        TagToken::Tag(name) => *name,
        TagToken::Not => "not",
        TagToken::And => "and",
        TagToken::Or => "or",
    };
    let tags: Vec<_> = scope.tags.iter().map(word).collect();
    json!({ "tags": tags, "feature": scope.feature })
}

/// Returns the regex of a pattern, without anchors, for tools that match before they send.
fn plain_regex(pattern: &Pattern) -> String {
    match pattern.kind {
        PatternKind::Literal => regex::escape(pattern.source),
        PatternKind::Expression | PatternKind::Regex => pattern.regex(),
    }
}

fn keyword_number(keyword: StepKeyword) -> u8 {
    match keyword {
        StepKeyword::Given => 0,
        StepKeyword::When => 1,
        StepKeyword::Then => 2,
    }
}

fn keyword_word(keyword: StepKeyword) -> &'static str {
    match keyword {
        StepKeyword::Given => "Given",
        StepKeyword::When => "When",
        StepKeyword::Then => "Then",
    }
}

/// Returns the one argument of a call, bare or in an array.
fn first_object(params: &Value) -> Option<&Map<String, Value>> {
    match params {
        Value::Array(items) => items.first()?.as_object(),
        other => other.as_object(),
    }
}

fn text(value: Option<&Value>) -> Option<String> {
    value.and_then(Value::as_str).map(str::to_owned)
}

/// Returns the strings of an array; other elements are left out.
fn texts(value: Option<&Value>) -> Option<Vec<String>> {
    let items = value?.as_array()?;
    Some(items.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

fn read_keyword(value: &Value) -> Option<StepKeyword> {
    match value {
        Value::Number(number) => match number.as_u64()? {
            0 => Some(StepKeyword::Given),
            1 => Some(StepKeyword::When),
            2 => Some(StepKeyword::Then),
            _ => None,
        },
        Value::String(word) => match word.trim().to_ascii_lowercase().as_str() {
            "given" | "0" => Some(StepKeyword::Given),
            "when" | "1" => Some(StepKeyword::When),
            "then" | "2" => Some(StepKeyword::Then),
            _ => None,
        },
        _ => None,
    }
}

fn read_table(value: &Value) -> Option<DataTable> {
    let mut rows = Vec::new();
    for row in value.as_array()? {
        let mut cells = Vec::new();
        for cell in row.as_array()? {
            cells.push(cell.as_str()?.to_owned());
        }
        rows.push(cells);
    }
    let regular = rows.windows(2).all(|pair| pair[0].len() == pair[1].len());
    regular.then(|| DataTable { rows, location: no_location() })
}

fn read_doc_string(value: &Value) -> Option<DocString> {
    let object = value.as_object()?;
    Some(DocString {
        content: text(member(object, "content"))?,
        media_type: text(member(object, "mediaType")),
        location: no_location(),
    })
}

/// Returns the location of something that arrived without one: line 0.
pub(in crate::harmony) fn no_location() -> Location {
    Location::new("", 0, 0)
}

/// Returns strings as they are and other scalars as their JSON text; nested values are left out.
fn read_context(value: &Value) -> Vec<(String, String)> {
    let Some(object) = value.as_object() else { return Vec::new() };
    let mut context = Vec::new();
    for (name, value) in object {
        match value {
            Value::String(text) => context.push((name.clone(), text.clone())),
            Value::Number(_) | Value::Bool(_) => context.push((name.clone(), value.to_string())),
            _ => {}
        }
    }
    context
}
