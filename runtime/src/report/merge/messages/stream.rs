//! Reads the streams and writes the merged one.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::attempts;
use super::ids::{defined_ids, rewrite, sorted};
use crate::report::merge::error::{MergeError, MergeErrorKind};
use crate::report::merge::input::{IncompleteInputs, MergeInput, Merged};

/// Returns the merged stream of `inputs`, one message per line.
///
/// Runs of the same scenario are attempts, of which the last one decides. An input that appears twice
/// counts once. The merged run is a success if every run was, or failed only by scenarios that passed
/// on a later attempt.
///
/// # Errors
///
/// Returns an error if a line is not a message or contradicts an earlier stream. A stream that ends
/// before its run has finished is an error unless `incomplete` accepts it.
pub fn merge_messages(
    inputs: &[MergeInput],
    incomplete: IncompleteInputs,
) -> Result<Merged, MergeError> {
    let mut merged = MergedStream::default();
    let mut errors = Vec::new();
    for (number, input) in inputs.iter().enumerate() {
        let stream = Stream { merged: &mut merged, input, number, ids: HashMap::new() };
        if let Err(error) = stream.read(incomplete) {
            incomplete.check(&error)?;
            errors.push(error);
        }
    }
    Ok(Merged { text: merged.into_text(errors.is_empty()), incomplete: errors })
}

/// The kinds of messages that several streams may have: they are written once.
const SHARED: [&str; 10] = [
    "source",
    "gherkinDocument",
    "pickle",
    "stepDefinition",
    "hook",
    "parameterType",
    "undefinedParameterType",
    "parseError",
    "testCase",
    "suggestion",
];

/// The id of the merged run.
const RUN: &str = "run";

/// The stream merged so far.
#[derive(Debug)]
struct MergedStream {
    meta: Option<Value>,
    definitions: Vec<Value>,
    /// The ids of each definition, by its content without them.
    known: HashMap<String, Vec<String>>,
    /// The feature files with their content and the input they come from.
    sources: Vec<SourceFile>,
    /// The test cases, with their ids by content.
    test_cases: Vec<Value>,
    /// The messages about results.
    results: Vec<Value>,
    started: Option<Value>,
    ended: Option<Value>,
    success: bool,
    /// The message and exception of the first run that has one.
    run_failure: Vec<(&'static str, Value)>,
    next_id: u64,
}

#[derive(Debug)]
struct SourceFile {
    uri: String,
    data: Value,
    input: String,
}

impl Default for MergedStream {
    fn default() -> Self {
        Self {
            meta: None,
            definitions: Vec::new(),
            known: HashMap::new(),
            sources: Vec::new(),
            test_cases: Vec::new(),
            results: Vec::new(),
            started: None,
            ended: None,
            success: true,
            run_failure: Vec::new(),
            next_id: 0,
        }
    }
}

impl MergedStream {
    fn new_id(&mut self) -> String {
        self.next_id += 1;
        self.next_id.to_string()
    }

    fn into_text(mut self, is_complete: bool) -> String {
        let runs = attempts::merge(&self.test_cases, &mut self.results);
        let success = is_complete
            && self.run_failure.is_empty()
            && match self.success {
                true => true,
                // Every scenario of the runs that failed has passed on its last attempt.
                false => runs.all_passed && attempts::all_ran(&self.definitions, &runs),
            };
        let mut started = json!({ "id": RUN });
        started["timestamp"] = self.started.unwrap_or_default();
        let mut finished = json!({ "testRunStartedId": RUN, "success": success });
        let ended = self.ended.unwrap_or_else(|| started["timestamp"].clone());
        finished["timestamp"] = ended;
        for (name, value) in self.run_failure {
            finished[name] = value;
        }
        let mut lines: Vec<Value> = Vec::new();
        lines.extend(self.meta.map(|meta| json!({ "meta": meta })));
        lines.extend(self.definitions);
        lines.push(json!({ "testRunStarted": started }));
        lines.extend(self.test_cases);
        lines.extend(self.results);
        lines.push(json!({ "testRunFinished": finished }));
        lines.iter().map(|line| format!("{line}\n")).collect()
    }
}

/// One of the input streams.
struct Stream<'a> {
    merged: &'a mut MergedStream,
    input: &'a MergeInput,
    number: usize,
    /// The new id for each id of the stream.
    ids: HashMap<String, String>,
}

impl Stream<'_> {
    fn read(mut self, incomplete: IncompleteInputs) -> Result<(), MergeError> {
        let input = self.input;
        if input.is_empty() {
            return Err(MergeError::new(&input.name, 1, MergeErrorKind::Empty));
        }
        let count = input.text.trim_end().lines().count();
        let mut ended = false;
        let mut last = 0;
        for (index, line) in input.text.trim_start_matches('\u{FEFF}').lines().enumerate() {
            if line.trim().is_empty() {
                continue;
            }
            last = index;
            let at = |problem| MergeError::new(&input.name, index + 1, problem);
            let envelope: Value = match serde_json::from_str(line) {
                Ok(envelope) => envelope,
                // The run was killed while it wrote the line.
                Err(_) if index + 1 == count && incomplete == IncompleteInputs::Accept => {
                    return Err(at(MergeErrorKind::Unfinished));
                }
                Err(error) => return Err(at(MergeErrorKind::Json(error.to_string()))),
            };
            let (kind, message) =
                open_envelope(envelope).ok_or_else(|| at(MergeErrorKind::NotAMessage))?;
            ended |= kind == "testRunFinished";
            self.add_message(&kind, message).map_err(at)?;
        }
        if ended {
            Ok(())
        } else {
            Err(MergeError::new(&input.name, last + 1, MergeErrorKind::Unfinished))
        }
    }

    fn add_message(&mut self, kind: &str, mut message: Value) -> Result<(), MergeErrorKind> {
        match kind {
            "meta" => {
                self.merged.meta.get_or_insert(message);
            }
            "testRunStarted" => {
                if let Some(Value::String(id)) = message.get("id") {
                    self.ids.insert(id.clone(), RUN.to_owned());
                }
                keep_timestamp(
                    &mut self.merged.started,
                    message["timestamp"].take(),
                    |new, old| new < old,
                );
            }
            "testRunFinished" => {
                self.merged.success &= message["success"] == json!(true);
                keep_timestamp(&mut self.merged.ended, message["timestamp"].take(), |new, old| {
                    new > old
                });
                if self.merged.run_failure.is_empty() {
                    let failure = ["message", "exception"]
                        .into_iter()
                        .filter_map(|name| Some((name, message.get_mut(name).map(Value::take)?)));
                    self.merged.run_failure.extend(failure);
                }
            }
            kind if SHARED.contains(&kind) => self.add_shared(kind, message)?,
            kind => {
                let ids = defined_ids(&message);
                let new = ids.iter().map(|_| self.merged.new_id()).collect();
                self.map_ids(ids, new);
                self.rewrite_ids(&mut message)?;
                if let Some(Value::String(worker)) = message.get_mut("workerId") {
                    // Each machine numbers its workers from 0.
                    *worker = format!("{}-{worker}", self.number + 1);
                }
                self.merged.results.push(json!({ kind: message }));
            }
        }
        Ok(())
    }

    /// Adds a message that other streams may have as well.
    fn add_shared(&mut self, kind: &str, mut message: Value) -> Result<(), MergeErrorKind> {
        if kind == "source" {
            self.check_source(&message)?;
        }
        let ids = defined_ids(&message);
        // Ids that the message defines become placeholders, so that equal contents are equal texts.
        let placeholders = (0..ids.len()).map(|number| format!("own {number}")).collect();
        self.map_ids(ids.clone(), placeholders);
        self.rewrite_ids(&mut message)?;
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
                let list = match kind {
                    "testCase" => &mut self.merged.test_cases,
                    "suggestion" => &mut self.merged.results,
                    _ => &mut self.merged.definitions,
                };
                list.push(json!({ kind: message }));
                self.merged.known.insert(content, new.clone());
                new
            }
        };
        self.map_ids(ids, new);
        Ok(())
    }

    fn check_source(&mut self, source: &Value) -> Result<(), MergeErrorKind> {
        let uri = source["uri"].as_str().unwrap_or_default().to_owned();
        let data = source["data"].clone();
        match self.merged.sources.iter().find(|known| known.uri == uri) {
            Some(known) if known.data != data => {
                Err(MergeErrorKind::OtherContent { uri, other: known.input.clone() })
            }
            Some(_) => Ok(()),
            None => {
                self.merged.sources.push(SourceFile { uri, data, input: self.input.name.clone() });
                Ok(())
            }
        }
    }

    fn map_ids(&mut self, ids: Vec<String>, new: Vec<String>) {
        self.ids.extend(ids.into_iter().zip(new));
    }

    fn rewrite_ids(&self, message: &mut Value) -> Result<(), MergeErrorKind> {
        rewrite(message, &mut |field, id| {
            let unknown =
                || MergeErrorKind::UnknownId { field: field.to_owned(), id: id.to_owned() };
            self.ids.get(id).cloned().ok_or_else(unknown)
        })
    }
}

/// Returns kind and message of an envelope.
fn open_envelope(envelope: Value) -> Option<(String, Value)> {
    let Value::Object(fields) = envelope else { return None };
    let mut fields = fields.into_iter();
    match (fields.next(), fields.next()) {
        (Some((kind, message @ Value::Object(_))), None) => Some((kind, message)),
        _ => None,
    }
}

/// Keeps the earlier or later of two timestamps.
fn keep_timestamp(
    current: &mut Option<Value>,
    timestamp: Value,
    wins: fn((u64, u64), (u64, u64)) -> bool,
) {
    if current
        .as_ref()
        .is_none_or(|current| wins(attempts::time(&timestamp), attempts::time(current)))
    {
        *current = Some(timestamp);
    }
}
