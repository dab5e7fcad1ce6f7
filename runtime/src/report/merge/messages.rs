//! Several streams of Cucumber Messages made into one: one run that did all that they did.
//!
//! What the streams share, such as a feature file that two machines ran parts of, is told once. Ids
//! are given anew, so that no two things share one.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::{MergeError, MergeInput, MergeProblem};
use crate::sort::sort_by_key;

/// The stream that tells of all that `inputs` tell of, one message on a line.
///
/// # Errors
/// [`MergeError`] for the first line that is no message or that contradicts a stream before it, and
/// for a stream of a run that did not end.
pub fn messages(inputs: &[MergeInput]) -> Result<String, MergeError> {
    let mut merged = Merged::default();
    for (number, input) in inputs.iter().enumerate() {
        Stream { merged: &mut merged, input, number, ids: HashMap::new() }.read()?;
    }
    Ok(merged.into_text())
}

/// The kinds of messages that tell of code and features, not of what became of them.
const LASTING: [&str; 8] = [
    "source",
    "gherkinDocument",
    "pickle",
    "stepDefinition",
    "hook",
    "parameterType",
    "undefinedParameterType",
    "parseError",
];

/// The id of the one run.
const RUN: &str = "run";

/// What was merged so far.
#[derive(Debug)]
struct Merged {
    meta: Option<Value>,
    lasting: Vec<Value>,
    /// The ids of each lasting message, by its content without them.
    known: HashMap<String, Vec<String>>,
    /// Feature files: what they hold, and the input that said so.
    sources: Vec<Source>,
    /// What happened.
    passing: Vec<Value>,
    began: Option<Value>,
    ended: Option<Value>,
    success: bool,
    /// Message and exception of the first run that gave one.
    trouble: Vec<(&'static str, Value)>,
    next_id: u64,
}

#[derive(Debug)]
struct Source {
    uri: String,
    data: Value,
    input: String,
}

impl Default for Merged {
    fn default() -> Self {
        Self {
            meta: None,
            lasting: Vec::new(),
            known: HashMap::new(),
            sources: Vec::new(),
            passing: Vec::new(),
            began: None,
            ended: None,
            success: true,
            trouble: Vec::new(),
            next_id: 0,
        }
    }
}

impl Merged {
    fn new_id(&mut self) -> String {
        self.next_id += 1;
        self.next_id.to_string()
    }

    fn into_text(self) -> String {
        let mut started = json!({ "id": RUN });
        started["timestamp"] = self.began.unwrap_or_default();
        let mut finished = json!({ "testRunStartedId": RUN, "success": self.success });
        finished["timestamp"] = self.ended.unwrap_or_default();
        for (name, value) in self.trouble {
            finished[name] = value;
        }
        let mut lines: Vec<Value> = Vec::new();
        lines.extend(self.meta.map(|meta| json!({ "meta": meta })));
        lines.extend(self.lasting);
        lines.push(json!({ "testRunStarted": started }));
        lines.extend(self.passing);
        lines.push(json!({ "testRunFinished": finished }));
        lines.iter().map(|line| format!("{line}\n")).collect()
    }
}

/// One of the streams, being read.
struct Stream<'a> {
    merged: &'a mut Merged,
    input: &'a MergeInput,
    number: usize,
    /// The new id of each of its ids.
    ids: HashMap<String, String>,
}

impl Stream<'_> {
    fn read(mut self) -> Result<(), MergeError> {
        let input = self.input;
        let mut ended = false;
        let mut last = 0;
        for (index, line) in input.text.trim_start_matches('\u{FEFF}').lines().enumerate() {
            if line.trim().is_empty() {
                continue;
            }
            last = index;
            let at = |problem| MergeError::new(&input.name, index + 1, problem);
            let envelope: Value =
                serde_json::from_str(line).map_err(|e| at(MergeProblem::Json(e.to_string())))?;
            let (kind, message) = opened(envelope).ok_or_else(|| at(MergeProblem::NotAMessage))?;
            ended |= kind == "testRunFinished";
            self.message(&kind, message).map_err(at)?;
        }
        if ended {
            Ok(())
        } else {
            Err(MergeError::new(&input.name, last + 1, MergeProblem::Unfinished))
        }
    }

    fn message(&mut self, kind: &str, mut message: Value) -> Result<(), MergeProblem> {
        match kind {
            "meta" => {
                self.merged.meta.get_or_insert(message);
            }
            "testRunStarted" => {
                if let Some(Value::String(id)) = message.get("id") {
                    self.ids.insert(id.clone(), RUN.to_owned());
                }
                extend(&mut self.merged.began, message["timestamp"].take(), |new, old| new < old);
            }
            "testRunFinished" => {
                self.merged.success &= message["success"] == json!(true);
                extend(&mut self.merged.ended, message["timestamp"].take(), |new, old| new > old);
                if self.merged.trouble.is_empty() {
                    let told = ["message", "exception"]
                        .into_iter()
                        .filter_map(|name| Some((name, message.get_mut(name).map(Value::take)?)));
                    self.merged.trouble.extend(told);
                }
            }
            kind if LASTING.contains(&kind) => self.lasting(kind, message)?,
            kind => {
                let ids = own_ids(&message);
                let new = ids.iter().map(|_| self.merged.new_id()).collect();
                self.learn(ids, new);
                self.rewrite(&mut message)?;
                if let Some(Value::String(worker)) = message.get_mut("workerId") {
                    // Each machine counts its workers from the same number.
                    *worker = format!("{}-{worker}", self.number + 1);
                }
                self.merged.passing.push(json!({ kind: message }));
            }
        }
        Ok(())
    }

    /// A message that other streams may hold as well.
    fn lasting(&mut self, kind: &str, mut message: Value) -> Result<(), MergeProblem> {
        if kind == "source" {
            self.same_content(&message)?;
        }
        let ids = own_ids(&message);
        // With ids of this stream inside, only what lies outside of the message is rewritten.
        let placeholders = (0..ids.len()).map(|number| format!("own {number}")).collect();
        self.learn(ids.clone(), placeholders);
        self.rewrite(&mut message)?;
        let content = format!("{kind} {}", sorted(&message));
        let new = match self.merged.known.get(&content) {
            Some(known) => known.clone(),
            None => {
                let new: Vec<_> = ids.iter().map(|_| self.merged.new_id()).collect();
                rewrite(&mut message, &mut |_, id| {
                    let own = id.strip_prefix("own ").and_then(|number| number.parse().ok());
                    let own = own.and_then(|number: usize| new.get(number));
                    Ok(own.map_or(id, String::as_str).to_owned())
                })?;
                self.merged.lasting.push(json!({ kind: message }));
                self.merged.known.insert(content, new.clone());
                new
            }
        };
        self.learn(ids, new);
        Ok(())
    }

    fn same_content(&mut self, source: &Value) -> Result<(), MergeProblem> {
        let uri = source["uri"].as_str().unwrap_or_default().to_owned();
        let data = source["data"].clone();
        match self.merged.sources.iter().find(|known| known.uri == uri) {
            Some(known) if known.data != data => {
                Err(MergeProblem::OtherContent { uri, other: known.input.clone() })
            }
            Some(_) => Ok(()),
            None => {
                self.merged.sources.push(Source { uri, data, input: self.input.name.clone() });
                Ok(())
            }
        }
    }

    fn learn(&mut self, ids: Vec<String>, new: Vec<String>) {
        self.ids.extend(ids.into_iter().zip(new));
    }

    fn rewrite(&self, message: &mut Value) -> Result<(), MergeProblem> {
        rewrite(message, &mut |field, id| {
            let unknown = || MergeProblem::UnknownId { field: field.to_owned(), id: id.to_owned() };
            self.ids.get(id).cloned().ok_or_else(unknown)
        })
    }
}

/// Kind and message of an envelope.
fn opened(envelope: Value) -> Option<(String, Value)> {
    let Value::Object(fields) = envelope else { return None };
    let mut fields = fields.into_iter();
    match (fields.next(), fields.next()) {
        (Some((kind, message @ Value::Object(_))), None) => Some((kind, message)),
        _ => None,
    }
}

/// Keeps the timestamp that comes before or after all others.
fn extend(kept: &mut Option<Value>, timestamp: Value, wins: fn((u64, u64), (u64, u64)) -> bool) {
    let time = |timestamp: &Value| {
        let part = |name: &str| timestamp.get(name).and_then(Value::as_u64).unwrap_or(0);
        (part("seconds"), part("nanos"))
    };
    if kept.as_ref().is_none_or(|kept| wins(time(&timestamp), time(kept))) {
        *kept = Some(timestamp);
    }
}

/// The ids that a message gives, by the alphabet of its fields.
fn own_ids(message: &Value) -> Vec<String> {
    let mut ids = Vec::new();
    match message {
        Value::Object(fields) => {
            for (name, value) in in_order(fields) {
                match value {
                    Value::String(id) if name == "id" => ids.push(id.clone()),
                    value => ids.extend(own_ids(value)),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| ids.extend(own_ids(value))),
        _ => {}
    }
    ids
}

/// Puts `new` in the place of each id, whether it is given or referred to.
fn rewrite(
    message: &mut Value,
    new: &mut impl FnMut(&str, &str) -> Result<String, MergeProblem>,
) -> Result<(), MergeProblem> {
    match message {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(id) if is_id(name) => *id = new(name, id)?,
                    Value::Array(ids) if is_id(name) => {
                        for id in ids {
                            if let Value::String(id) = id {
                                *id = new(name, id)?;
                            }
                        }
                    }
                    value => rewrite(value, new)?,
                }
            }
        }
        Value::Array(values) => values.iter_mut().try_for_each(|value| rewrite(value, new))?,
        _ => {}
    }
    Ok(())
}

/// Whether a field of this name holds an id of the stream.
fn is_id(name: &str) -> bool {
    (name == "id" || name.ends_with("Id") || name.ends_with("Ids")) && name != "workerId"
}

/// The same with fields in alphabetical order, so that equal contents are equal texts.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(fields) => Value::Object(
            in_order(fields)
                .into_iter()
                .map(|(name, value)| (name.clone(), sorted(value)))
                .collect(),
        ),
        Value::Array(values) => values.iter().map(sorted).collect(),
        value => value.clone(),
    }
}

fn in_order(fields: &Map<String, Value>) -> Vec<(&String, &Value)> {
    let mut fields: Vec<_> = fields.iter().collect();
    sort_by_key(&mut fields, |(name, _)| *name);
    fields
}
