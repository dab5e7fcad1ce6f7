//! What the methods of a Harmony serve take and give, as JSON, converted by hand.
//!
//! Lenient in what is read (member names in any case, unknown members ignored, of two members with
//! one name the last), strict in what is written. No wire type leaves this module's callers.
//!
//! Two members of `executeStep` are an addition of this project, sent to and taken by a serve that
//! announces them as [capabilities](steps_json) in its `discover` reply:
//!
//! - `DataTable`: the rows below the step, an array of arrays of strings;
//! - `DocString`: `{"Content": text, "MediaType": text or null}`.
//!
//! And one of its result: `data`, an object with the outcome in a word and, for a step past its
//! deadline or one that failed, what happened in parts.

use std::fmt::Write as _;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value, json};

use super::message::{INVALID_PARAMS, RpcError};
use crate::engine::{StepCall, StepDefinition};
use crate::model::{
    Candidate, DataTable, DocString, Failure, FailureKind, LogLevel, LogRecord, Outcome, Place,
    StepArgument, StepKeyword,
};

/// What `initialize` tells a process about itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Initialization {
    /// The role it plays, such as `reader`.
    pub role: Option<String>,
    /// The platform the runner knows it as.
    pub platform: Option<String>,
    /// The scenario; the field's runner sends `test` for every one.
    pub scenario: Option<String>,
    /// The runner's process id.
    pub host_pid: Option<u64>,
    /// The number before the first `-` of the feature file's name.
    pub feature_id: Option<u64>,
}

/// What `executeStep` asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StepRequest {
    /// The role the step was routed to.
    pub process: Option<String>,
    /// What the step is for.
    pub keyword: Option<StepKeyword>,
    /// The text after the keyword.
    pub text: String,
    /// The table or doc string below it.
    pub argument: Option<StepArgument>,
    /// What earlier steps left for later ones.
    pub context: Vec<(String, String)>,
    /// Whether every process gets this step.
    pub broadcast: bool,
}

impl Initialization {
    /// Reads the parameters of `initialize`; whatever does not fit is left out.
    pub fn from_params(params: &Value) -> Self {
        let Some(object) = first_object(params) else { return Self::default() };
        Self {
            role: text(member(object, "role")),
            platform: text(member(object, "platform")),
            scenario: text(member(object, "scenario")),
            host_pid: member(object, "hostPid").and_then(Value::as_u64),
            feature_id: member(object, "featureId").and_then(Value::as_u64),
        }
    }
}

impl Initialization {
    /// The parameters of `initialize` as JSON text, member by member as the field's runner writes
    /// them.
    pub fn to_params(&self) -> String {
        let (host, feature) = (self.host_pid.unwrap_or(0), self.feature_id.unwrap_or(0));
        let argument = json!({
            "Role": self.role,
            "Platform": self.platform,
            "Scenario": self.scenario,
            "HostPid": host,
            "FeatureId": feature,
            "TestRunId": format!("{host}_{feature}"),
        });
        format!("[{argument}]")
    }
}

impl StepRequest {
    /// Reads the parameters of `executeStep`.
    ///
    /// # Errors
    /// Invalid params when there is no step text, or when a table or doc string has no usable shape.
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

    /// The parameters of `executeStep` as JSON text, member by member as the field's runner writes
    /// them; the table or doc string only for a serve that takes it.
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

    /// The step as the engine takes it; `role` is who this process is where the step names nobody.
    pub fn into_call(self, role: Option<String>) -> StepCall {
        StepCall {
            keyword: self.keyword,
            text: self.text,
            argument: self.argument,
            place: None,
            process: self.process.filter(|p| !p.is_empty()).or(role),
        }
    }
}

/// The result of `discover`: the definitions, and what this serve takes beyond the field's contract.
pub fn steps_json(definitions: impl Iterator<Item = &'static StepDefinition>) -> String {
    let mut steps: Vec<(&'static str, &'static str)> =
        definitions.map(|d| (keyword_word(d.keyword), d.pattern.source)).collect();
    steps.sort_unstable();
    let steps: Vec<Value> =
        steps.iter().map(|(word, pattern)| json!({"type": word, "pattern": pattern})).collect();
    json!({
        "steps": steps,
        "capabilities": {
            "timeout": true,
            "contentLength": true,
            "logging": true,
            "dataTable": true,
            "docString": true,
            "context": true,
        },
    })
    .to_string()
}

/// What `executeStep` answers.
#[derive(Debug, Clone)]
pub struct StepResult<'a> {
    /// The step's text.
    pub text: &'a str,
    /// What came of it.
    pub outcome: &'a Outcome,
    /// How long it took.
    pub duration: Duration,
    /// What it logged.
    pub logs: &'a [LogRecord],
    /// What goes back for later steps.
    pub context: &'a [(String, String)],
}

impl StepResult<'_> {
    /// The result as JSON text.
    pub fn to_json(&self) -> String {
        let mut out = String::with_capacity(96);
        out.push_str(if self.outcome.is_passed() {
            r#"{"success":true,"error":null,"context":{"#
        } else {
            r#"{"success":false,"error":"#
        });
        if let Some(error) = error_text(self.text, self.outcome) {
            push_json(&mut out, &error);
            out.push_str(r#","context":{"#);
        }
        for (number, (name, value)) in self.context.iter().enumerate() {
            if number > 0 {
                out.push(',');
            }
            push_json(&mut out, name);
            out.push(':');
            push_json(&mut out, value);
        }
        out.push_str(r#"},"logs":["#);
        for (number, record) in self.logs.iter().enumerate() {
            if number > 0 {
                out.push(',');
            }
            let _ = write!(
                out,
                r#"{{"timestamp":"{}","level":{},"message":"#,
                timestamp(record.time),
                level_number(record.level)
            );
            push_json(&mut out, &record.message);
            out.push('}');
        }
        out.push(']');
        if let Some(data) = data(self.text, self.outcome, self.duration) {
            let _ = write!(out, r#","data":{data}"#);
        }
        out.push('}');
        out
    }
}

/// The reason a step did not pass, in words; `None` when it passed.
fn error_text(text: &str, outcome: &Outcome) -> Option<String> {
    let mut out = String::new();
    match outcome {
        Outcome::Passed => return None,
        Outcome::Failed(failure) => return Some(failure.to_string()),
        Outcome::Skipped { reason } => with_reason(&mut out, "Step skipped", reason),
        Outcome::Pending { reason } => with_reason(&mut out, "Step pending", reason),
        Outcome::TimedOut { limit } => {
            let _ = write!(out, "Step execution timeout after {} ms: {text}", limit.as_millis());
        }
        Outcome::Undefined { near, .. } => {
            let _ = write!(out, "No matching step definition found for: {text}");
            if !near.is_empty() {
                out.push_str("; near it: ");
                push_candidates(&mut out, near);
            }
        }
        Outcome::Ambiguous { candidates } => {
            let _ = write!(out, "{} step definitions match: {text}; they are: ", candidates.len());
            push_candidates(&mut out, candidates);
        }
    }
    Some(out)
}

fn with_reason(out: &mut String, what: &str, reason: &Option<String>) {
    out.push_str(what);
    if let Some(reason) = reason {
        out.push_str(": ");
        out.push_str(reason);
    }
}

fn push_candidates(out: &mut String, candidates: &[Candidate]) {
    for (number, candidate) in candidates.iter().enumerate() {
        if number > 0 {
            out.push_str(", ");
        }
        let _ =
            write!(out, "{:?} ({} at {})", candidate.pattern, candidate.function, candidate.place);
    }
}

/// What happened, in parts, for whoever wants more than the error text.
fn data(text: &str, outcome: &Outcome, duration: Duration) -> Option<Value> {
    let word = outcome.word();
    Some(match outcome {
        Outcome::Passed => return None,
        Outcome::TimedOut { limit } => json!({
            "outcome": word,
            "timeoutType": "STEP_EXECUTION_TIMEOUT",
            "timeoutMs": millis(*limit),
            "elapsedMs": millis(duration),
        }),
        Outcome::Failed(Failure { kind, message, place, .. }) => json!({
            "outcome": word,
            "exceptionType": failure_word(*kind),
            "exceptionMessage": message,
            "stepText": text,
            "place": place.as_ref().map(ToString::to_string),
        }),
        Outcome::Skipped { reason } | Outcome::Pending { reason } => {
            json!({"outcome": word, "reason": reason, "stepText": text})
        }
        Outcome::Undefined { snippet, .. } => {
            json!({"outcome": word, "stepText": text, "snippet": snippet})
        }
        Outcome::Ambiguous { candidates } => json!({
            "outcome": word,
            "stepText": text,
            "places": candidates.iter().map(|c| c.place.to_string()).collect::<Vec<_>>(),
        }),
    })
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn keyword_number(keyword: StepKeyword) -> u8 {
    match keyword {
        StepKeyword::Given => 0,
        StepKeyword::When => 1,
        StepKeyword::Then => 2,
    }
}

fn failure_word(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::Error => "error",
        FailureKind::Panic => "panic",
        FailureKind::Argument => "argument",
        FailureKind::State => "state",
    }
}

fn keyword_word(keyword: StepKeyword) -> &'static str {
    match keyword {
        StepKeyword::Given => "Given",
        StepKeyword::When => "When",
        StepKeyword::Then => "Then",
    }
}

/// The numbers of .NET's `LogLevel`; its names are not safe, since "INFO" is none of them.
fn level_number(level: LogLevel) -> u8 {
    match level {
        LogLevel::Trace => 0,
        LogLevel::Debug => 1,
        LogLevel::Info => 2,
        LogLevel::Warn => 3,
        LogLevel::Error => 4,
    }
}

/// ISO 8601 in UTC with microseconds, such as `2026-11-23T01:25:52.691134Z`.
pub fn timestamp(time: SystemTime) -> String {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let (days, seconds) = (since.as_secs() / 86_400, since.as_secs() % 86_400);
    let (year, month, day) = date(days);
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{:06}Z",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60,
        since.subsec_micros()
    )
}

/// The Gregorian date of a day counted from 1970-01-01.
fn date(days: u64) -> (u64, u64, u64) {
    // Counted in years that begin with March, so that the leap day is the last of its year.
    let from_march_0000 = days + 719_468;
    let (era, day_of_era) = (from_march_0000 / 146_097, from_march_0000 % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    (year, month, day)
}

fn push_json(out: &mut String, text: &str) {
    let _ = write!(out, "{}", Value::from(text));
}

/// The one argument of a call, bare or in an array.
fn first_object(params: &Value) -> Option<&Map<String, Value>> {
    match params {
        Value::Array(items) => items.first()?.as_object(),
        other => other.as_object(),
    }
}

/// The member of that name in any case; the last of several.
pub(in crate::harmony) fn member<'a>(
    object: &'a Map<String, Value>,
    name: &str,
) -> Option<&'a Value> {
    object.iter().rev().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

fn text(value: Option<&Value>) -> Option<String> {
    value.and_then(Value::as_str).map(str::to_owned)
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
        let cells: Option<Vec<String>> =
            row.as_array()?.iter().map(|cell| cell.as_str().map(str::to_owned)).collect();
        rows.push(cells?);
    }
    let regular = rows.windows(2).all(|pair| pair[0].len() == pair[1].len());
    regular.then(|| DataTable { rows, place: nowhere() })
}

fn read_doc_string(value: &Value) -> Option<DocString> {
    let object = value.as_object()?;
    Some(DocString {
        content: text(member(object, "content"))?,
        media_type: text(member(object, "mediaType")),
        place: nowhere(),
    })
}

/// The wire carries no places; line 0 stands for none.
fn nowhere() -> Place {
    Place::new("", 0, 0)
}

/// Strings as they are, other scalars as their JSON text; nested values make no sense here.
fn read_context(value: &Value) -> Vec<(String, String)> {
    let Some(object) = value.as_object() else { return Vec::new() };
    object
        .iter()
        .filter_map(|(name, value)| match value {
            Value::String(text) => Some((name.clone(), text.clone())),
            Value::Number(_) | Value::Bool(_) => Some((name.clone(), value.to_string())),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_stamps_are_dates_of_the_calendar() {
        let at =
            |seconds, micros: u32| timestamp(UNIX_EPOCH + Duration::new(seconds, micros * 1000));
        assert_eq!(at(0, 0), "1970-01-01T00:00:00.000000Z");
        assert_eq!(at(951_782_400, 7), "2000-02-29T00:00:00.000007Z");
        assert_eq!(at(1_709_251_199, 999_999), "2024-02-29T23:59:59.999999Z");
        assert_eq!(at(4_107_542_400, 0), "2100-03-01T00:00:00.000000Z");
        assert_eq!(at(1_798_761_599, 0), "2026-12-31T23:59:59.000000Z");
    }
}
