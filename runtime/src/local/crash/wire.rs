//! Events as JSON, for the journal.
//!
//! A struct is an array of its fields, in the order in which the lists below name them. The reader is
//! the same binary, so that the format needs no versions.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::model::{
    Attachment, Candidate, ConversionError, Event, Failure, FailureKind, HookKind, HookResult,
    LogLevel, LogRecord, Outcome, ResourceUsage, Scenario, SharedOutput, SourceLocation, StepMatch,
    StepResult,
};

/// A value that the journal can hold.
pub(super) trait Wire: Sized {
    fn encode(&self) -> Value;
    fn decode(value: &Value) -> Option<Self>;
}

/// Encodes a struct as an array of the listed fields.
macro_rules! wire_struct {
    ($type:ident { $($field:ident),* }) => {
        impl Wire for $type {
            fn encode(&self) -> Value {
                Value::Array(vec![$(self.$field.encode()),*])
            }

            fn decode(value: &Value) -> Option<Self> {
                let mut fields = value.as_array()?.iter();
                Some(Self { $($field: Wire::decode(fields.next()?)?),* })
            }
        }
    };
}

/// Encodes an enum without fields as the name of its variant.
macro_rules! wire_enum {
    ($type:ident { $($variant:ident),* }) => {
        impl Wire for $type {
            fn encode(&self) -> Value {
                match self { $(Self::$variant => stringify!($variant).into()),* }
            }

            fn decode(value: &Value) -> Option<Self> {
                let name = value.as_str()?;
                $(if name == stringify!($variant) { return Some(Self::$variant); })*
                None
            }
        }
    };
}

wire_enum!(FailureKind { Error, Panic, Argument, State });
wire_enum!(LogLevel { Trace, Debug, Info, Warn, Error });
wire_enum!(HookKind {
    BeforeAll,
    AfterAll,
    BeforeFeature,
    AfterFeature,
    BeforeScenario,
    AfterScenario,
    BeforeStep,
    AfterStep
});
wire_struct!(SourceLocation { file, line });
wire_struct!(Candidate { pattern, function, location, captures, hint });
wire_struct!(ConversionError { number, text, range, parameter, expected_type, reason, definition });
wire_struct!(Failure { kind, message, causes, location, conversion_error });
wire_struct!(LogRecord { time, level, message });
wire_struct!(StepMatch { pattern, function, file, line, captures, parameters });
wire_struct!(HookResult {
    kind,
    function,
    location,
    outcome,
    started,
    duration,
    logs,
    attachments,
    output,
    failure
});
wire_struct!(ResourceUsage {
    process,
    resident_bytes,
    resident_growth,
    cpu_time,
    open_files,
    threads,
    shared_memory
});

impl Wire for StepResult {
    fn encode(&self) -> Value {
        let Self { outcome, started, duration, logs, attachments, output, definition, .. } = self;
        json!([
            outcome.encode(),
            started.encode(),
            duration.encode(),
            logs.encode(),
            attachments.encode(),
            output,
            definition.encode()
        ])
    }

    fn decode(value: &Value) -> Option<Self> {
        let [outcome, started, duration, logs, attachments, output, definition] =
            value.as_array()?.as_slice()
        else {
            return None;
        };
        Some(Self {
            outcome: Wire::decode(outcome)?,
            started: Wire::decode(started)?,
            duration: Wire::decode(duration)?,
            logs: Wire::decode(logs)?,
            attachments: Wire::decode(attachments)?,
            output: Wire::decode(output)?,
            definition: Wire::decode(definition)?,
            // A local run has one process.
            per_process: Vec::new(),
        })
    }
}

impl Wire for Attachment {
    fn encode(&self) -> Value {
        // One character per byte: the content may not be UTF-8.
        let content: String = self.content.iter().map(|&byte| char::from(byte)).collect();
        json!([self.name, self.media_type, content, self.is_text, self.time.encode()])
    }

    fn decode(value: &Value) -> Option<Self> {
        let [name, media_type, content, is_text, time] = value.as_array()?.as_slice() else {
            return None;
        };
        let content = content.as_str()?.chars().map(|c| u8::try_from(c).ok());
        Some(Self {
            name: Wire::decode(name)?,
            media_type: Wire::decode(media_type)?,
            content: content.collect::<Option<_>>()?,
            is_text: is_text.as_bool()?,
            time: Wire::decode(time)?,
        })
    }
}

impl Wire for Outcome {
    fn encode(&self) -> Value {
        match self {
            Self::Passed => json!(["passed"]),
            Self::Failed(failure) => json!(["failed", failure.encode()]),
            Self::Skipped { reason } => json!(["skipped", reason]),
            Self::Unsupported { reason } => json!(["unsupported", reason]),
            Self::Pending { reason } => json!(["pending", reason]),
            Self::Undefined { suggestions, snippet } => {
                json!(["undefined", suggestions.encode(), snippet])
            }
            Self::Ambiguous { candidates } => json!(["ambiguous", candidates.encode()]),
            Self::TimedOut { limit } => json!(["timed out", limit.encode()]),
        }
    }

    fn decode(value: &Value) -> Option<Self> {
        Some(match value[0].as_str()? {
            "passed" => Self::Passed,
            "failed" => Self::Failed(Wire::decode(&value[1])?),
            "skipped" => Self::Skipped { reason: Wire::decode(&value[1])? },
            "unsupported" => Self::Unsupported { reason: Wire::decode(&value[1])? },
            "pending" => Self::Pending { reason: Wire::decode(&value[1])? },
            "undefined" => Self::Undefined {
                suggestions: Wire::decode(&value[1])?,
                snippet: Wire::decode(&value[2])?,
            },
            "ambiguous" => Self::Ambiguous { candidates: Wire::decode(&value[1])? },
            "timed out" => Self::TimedOut { limit: Wire::decode(&value[1])? },
            _ => return None,
        })
    }
}

/// Encodes an event; `None` for those that a later process cannot use.
pub(super) fn encode_event(event: &Event) -> Option<Value> {
    Some(match event {
        Event::RunStarted { scenarios, time } => json!(["run started", scenarios, time.encode()]),
        Event::ScenarioStarted { number, attempt, lane, started, .. } => {
            json!(["scenario started", number, attempt, lane, started.encode()])
        }
        Event::StepFinished { number, step, result } => {
            json!(["step finished", number, step, result.encode()])
        }
        Event::HookFinished { number, result } => {
            json!(["hook finished", number, result.encode()])
        }
        Event::HookFailed { number, failure } => json!(["hook failed", number, failure.encode()]),
        Event::RunHookFailed { failure } => json!(["run hook failed", failure.encode()]),
        Event::SharedOutput(output) => {
            let numbers: Vec<_> = output.scenarios.iter().map(|(number, _)| *number).collect();
            json!(["shared output", numbers, output.text])
        }
        Event::ResourcesMeasured { number, resources } => {
            json!(["resources measured", number, resources.encode()])
        }
        Event::ScenarioFinished { number, duration, retried, interrupted } => {
            json!(["scenario finished", number, duration.encode(), retried, interrupted])
        }
        Event::ProcessFinished { .. }
        | Event::ResourcesLeaked(_)
        | Event::Tick { .. }
        | Event::RunFinished { .. } => return None,
    })
}

/// Decodes an event. `number_here` returns the number that a scenario has in this process, and
/// `scenario` the scenario with that number.
pub(super) fn decode_event(
    value: &Value,
    number_here: impl Fn(usize) -> Option<usize>,
    scenario: impl Fn(usize) -> Option<Arc<Scenario>>,
) -> Option<Event> {
    let [name, fields @ ..] = value.as_array()?.as_slice() else { return None };
    let number_of = |value: &Value| number_here(Wire::decode(value)?);
    Some(match (name.as_str()?, fields) {
        ("run started", [scenarios, time]) => {
            Event::RunStarted { scenarios: Wire::decode(scenarios)?, time: Wire::decode(time)? }
        }
        ("scenario started", [number, attempt, lane, started]) => {
            let number = number_of(number)?;
            Event::ScenarioStarted {
                number,
                attempt: Wire::decode(attempt)?,
                scenario: scenario(number)?,
                lane: Wire::decode(lane)?,
                started: Wire::decode(started)?,
            }
        }
        ("step finished", [number, step, result]) => Event::StepFinished {
            number: number_of(number)?,
            step: Wire::decode(step)?,
            result: Wire::decode(result)?,
        },
        ("hook finished", [number, result]) => {
            let number = match number.is_null() {
                true => None,
                false => Some(number_of(number)?),
            };
            Event::HookFinished { number, result: Wire::decode(result)? }
        }
        ("hook failed", [number, failure]) => {
            Event::HookFailed { number: number_of(number)?, failure: Wire::decode(failure)? }
        }
        ("run hook failed", [failure]) => Event::RunHookFailed { failure: Wire::decode(failure)? },
        ("shared output", [numbers, text]) => {
            let running = |number: &Value| {
                let number = number_of(number)?;
                Some((number, scenario(number)?))
            };
            let scenarios = numbers.as_array()?.iter().filter_map(running).collect();
            Event::SharedOutput(Arc::new(SharedOutput { scenarios, text: Wire::decode(text)? }))
        }
        ("resources measured", [number, resources]) => Event::ResourcesMeasured {
            number: number_of(number)?,
            resources: Wire::decode(resources)?,
        },
        ("scenario finished", [number, duration, retried, interrupted]) => {
            Event::ScenarioFinished {
                number: number_of(number)?,
                duration: Wire::decode(duration)?,
                retried: retried.as_bool()?,
                interrupted: interrupted.as_bool()?,
            }
        }
        _ => return None,
    })
}

macro_rules! wire_number {
    ($($type:ident $as:ident),*) => { $(
        impl Wire for $type {
            fn encode(&self) -> Value {
                (*self).into()
            }

            fn decode(value: &Value) -> Option<Self> {
                value.$as()?.try_into().ok()
            }
        }
    )* };
}

wire_number!(u32 as_u64, u64 as_u64, usize as_u64, i64 as_i64);

macro_rules! wire_text {
    ($($type:ty),*) => { $(
        impl Wire for $type {
            fn encode(&self) -> Value {
                Value::String(self.to_string())
            }

            fn decode(value: &Value) -> Option<Self> {
                Some(value.as_str()?.to_owned().into())
            }
        }
    )* };
}

wire_text!(String, Cow<'static, str>, Arc<str>);

impl Wire for Duration {
    fn encode(&self) -> Value {
        u64::try_from(self.as_nanos()).unwrap_or(u64::MAX).into()
    }

    fn decode(value: &Value) -> Option<Self> {
        value.as_u64().map(Self::from_nanos)
    }
}

impl Wire for SystemTime {
    fn encode(&self) -> Value {
        self.duration_since(UNIX_EPOCH).unwrap_or_default().encode()
    }

    fn decode(value: &Value) -> Option<Self> {
        UNIX_EPOCH.checked_add(Duration::decode(value)?)
    }
}

impl Wire for Range<usize> {
    fn encode(&self) -> Value {
        json!([self.start, self.end])
    }

    fn decode(value: &Value) -> Option<Self> {
        Some(usize::decode(&value[0])?..usize::decode(&value[1])?)
    }
}

impl<T: Wire> Wire for Option<T> {
    fn encode(&self) -> Value {
        self.as_ref().map_or(Value::Null, Wire::encode)
    }

    fn decode(value: &Value) -> Option<Self> {
        if value.is_null() { Some(None) } else { T::decode(value).map(Some) }
    }
}

impl<T: Wire> Wire for Vec<T> {
    fn encode(&self) -> Value {
        self.iter().map(Wire::encode).collect()
    }

    fn decode(value: &Value) -> Option<Self> {
        value.as_array()?.iter().map(T::decode).collect()
    }
}

impl<T: Wire> Wire for Box<T> {
    fn encode(&self) -> Value {
        (**self).encode()
    }

    fn decode(value: &Value) -> Option<Self> {
        T::decode(value).map(Self::new)
    }
}

impl<T: Wire> Wire for Arc<T> {
    fn encode(&self) -> Value {
        (**self).encode()
    }

    fn decode(value: &Value) -> Option<Self> {
        T::decode(value).map(Self::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate() -> Candidate {
        Candidate {
            pattern: "a {int}".to_owned(),
            function: "f".to_owned(),
            location: SourceLocation { file: "src/a.rs".to_owned(), line: 3 },
            captures: vec![Some("1".to_owned()), None],
            hint: Some("hint".to_owned()),
        }
    }

    fn conversion_failure() -> Failure {
        let mut failure = Failure::from(ConversionError {
            number: 1,
            text: "x".to_owned(),
            range: Some(2..3),
            parameter: "n".to_owned(),
            expected_type: "u8".to_owned(),
            reason: "invalid digit".to_owned(),
            definition: candidate(),
        });
        failure.causes = vec!["cause".to_owned()];
        failure.location = Some(SourceLocation { file: "b.rs".to_owned(), line: 9 });
        failure
    }

    fn outcomes() -> Vec<Outcome> {
        vec![
            Outcome::Passed,
            Outcome::Failed(conversion_failure()),
            Outcome::Skipped { reason: None },
            Outcome::Unsupported { reason: "lacks it".to_owned() },
            Outcome::pending("later"),
            Outcome::Undefined { suggestions: vec![candidate()], snippet: "fn\n".to_owned() },
            Outcome::Ambiguous { candidates: vec![candidate(), candidate()] },
            Outcome::TimedOut { limit: Duration::from_millis(5) },
        ]
    }

    #[test]
    fn every_outcome_survives() {
        for outcome in outcomes() {
            assert_eq!(Outcome::decode(&outcome.encode()), Some(outcome));
        }
    }

    #[test]
    fn step_result_survives() {
        let time = UNIX_EPOCH + Duration::from_nanos(1_700_000_000_123_456_789);
        let result = StepResult {
            logs: vec![LogRecord { time, level: LogLevel::Warn, message: "m".to_owned() }],
            attachments: vec![Attachment {
                name: "n".to_owned(),
                media_type: "image/png".to_owned(),
                content: vec![0, 128, 255],
                is_text: false,
                time,
            }],
            output: "out \u{1b}[1m\n".to_owned(),
            definition: Some(StepMatch {
                pattern: "a".into(),
                function: "f".into(),
                file: "src/a.rs".into(),
                line: 1,
                captures: vec![Some(0..1), None],
                parameters: vec!["name".into(), "".into()],
            }),
            ..StepResult::instant(Outcome::Passed, Duration::from_micros(7))
        };
        let decoded = StepResult::decode(&result.encode()).unwrap();
        assert_eq!(format!("{decoded:?}"), format!("{result:?}"));
    }

    #[test]
    fn hook_event_survives() {
        let event = Event::HookFinished {
            number: Some(4),
            result: Arc::new(HookResult {
                kind: HookKind::AfterScenario,
                function: "h".into(),
                location: SourceLocation { file: "h.rs".to_owned(), line: 2 },
                outcome: Outcome::Failed(conversion_failure()),
                started: Duration::from_nanos(1),
                duration: Duration::from_nanos(2),
                logs: Vec::new(),
                attachments: Vec::new(),
                output: String::new(),
                failure: Some(conversion_failure()),
            }),
        };
        let decoded = decode_event(&encode_event(&event).unwrap(), Some, |_| None).unwrap();
        assert_eq!(format!("{decoded:?}"), format!("{event:?}"));
    }
}
