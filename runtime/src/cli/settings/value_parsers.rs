//! Parsers of option values.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use regex::Regex;

use crate::config::InvalidValue;
use crate::engine::TokioFlavor;
use crate::harmony::routing::Mode;
use crate::local::Isolation;
use crate::observe::LevelFilter;
use crate::report::FlakyResult;
use crate::schedule::Parallel;
use crate::text::parse_duration;

/// Longest step timeout in seconds: a day.
const MAX_TIMEOUT_SECONDS: f64 = 86_400.0;
const MAX_JOBS: usize = 4096;
const MAX_RETRIES: u32 = 100;
const MAX_SCHEDULES: usize = 1_000_000;
const LOG_LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];
/// Largest seed that is chosen for `random`: enough to differ, and short enough to type.
const MAX_RANDOM_SEED: u64 = 1_000_000;

/// Names of platforms, at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct PlatformNames(pub(in crate::cli) Vec<String>);

pub(super) fn parse_path(text: &str) -> Result<PathBuf, InvalidValue> {
    if text.is_empty() { Err(InvalidValue::Missing("a path".into())) } else { Ok(text.into()) }
}

pub(super) fn parse_regex(text: &str) -> Result<Regex, InvalidValue> {
    Regex::new(text)
        .map_err(|error| InvalidValue::Other(format!("{text:?} is not a valid regex: {error}")))
}

pub(super) fn parse_tag(text: &str) -> Result<String, InvalidValue> {
    let is_tag = text.len() > 1 && text.starts_with('@') && !text.contains(char::is_whitespace);
    match is_tag {
        true => Ok(text.to_owned()),
        false => Err(InvalidValue::expected("a tag such as @slow", text)),
    }
}

pub(super) fn parse_seed(text: &str) -> Result<u64, InvalidValue> {
    if text == "random" {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        return Ok(now.map_or(1, |now| u64::from(now.subsec_nanos()) % MAX_RANDOM_SEED));
    }
    text.parse().map_err(|_| InvalidValue::expected("an integer or `random`", text))
}

pub(super) fn parse_jobs(text: &str) -> Result<NonZeroUsize, InvalidValue> {
    let jobs = text.parse().ok().filter(|jobs: &NonZeroUsize| jobs.get() <= MAX_JOBS);
    jobs.ok_or_else(|| InvalidValue::expected(format!("an integer from 1 to {MAX_JOBS}"), text))
}

pub(super) fn parse_schedules(text: &str) -> Result<NonZeroUsize, InvalidValue> {
    let number = text.parse().ok().filter(|number: &NonZeroUsize| number.get() <= MAX_SCHEDULES);
    number.ok_or_else(|| {
        InvalidValue::expected(format!("an integer from 1 to {MAX_SCHEDULES}"), text)
    })
}

pub(super) fn parse_retries(text: &str) -> Result<u32, InvalidValue> {
    let retries = text.parse().ok().filter(|&retries| retries <= MAX_RETRIES);
    retries
        .ok_or_else(|| InvalidValue::expected(format!("an integer from 0 to {MAX_RETRIES}"), text))
}

pub(super) fn parse_timeout(text: &str) -> Result<Duration, InvalidValue> {
    let seconds = text.parse().ok().filter(|&s| s > 0.0 && s <= MAX_TIMEOUT_SECONDS);
    let timeout = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    timeout.ok_or_else(|| {
        InvalidValue::expected(format!("seconds above 0 and up to {MAX_TIMEOUT_SECONDS}"), text)
    })
}

/// Parses a time such as `60s`, `5m` or `90`, which is in seconds.
pub(super) fn parse_budget(text: &str) -> Result<Duration, InvalidValue> {
    let budget = parse_duration(text).filter(|budget| !budget.is_zero());
    budget.ok_or_else(|| InvalidValue::expected("a time such as 60s or 5m", text))
}

/// Parses a time such as `500ms`, `1s` or `0`.
pub(super) fn parse_delay(text: &str) -> Result<Duration, InvalidValue> {
    parse_duration(text).ok_or_else(|| InvalidValue::expected("a time such as 500ms or 1s", text))
}

pub(super) fn parse_percent(text: &str) -> Result<f64, InvalidValue> {
    let percent = text.parse().ok().filter(|percent| (0.0..=100.0).contains(percent));
    percent.ok_or_else(|| InvalidValue::expected("a number from 0 to 100", text))
}

pub(super) fn parse_platforms(text: &str) -> Result<PlatformNames, InvalidValue> {
    let names: Vec<_> = text.split(',').map(|name| name.trim().to_owned()).collect();
    match names.iter().all(|name| !name.is_empty()) {
        true => Ok(PlatformNames(names)),
        false => Err(InvalidValue::expected("platform names separated by commas", text)),
    }
}

pub(super) fn log_level() -> impl TypedValueParser<Value = LevelFilter> {
    PossibleValuesParser::new(LOG_LEVELS).try_map(|level| level.parse::<LevelFilter>())
}

pub(super) fn tokio_flavor() -> impl TypedValueParser<Value = TokioFlavor> {
    PossibleValuesParser::new(["multi-thread", "current-thread"]).map(|flavor| match &*flavor {
        "current-thread" => TokioFlavor::CurrentThread,
        _ => TokioFlavor::MultiThread,
    })
}

pub(super) fn parallel() -> impl TypedValueParser<Value = Parallel> {
    PossibleValuesParser::new(["scenarios", "features"]).map(|unit| match &*unit {
        "features" => Parallel::Features,
        _ => Parallel::Scenarios,
    })
}

pub(super) fn isolation() -> impl TypedValueParser<Value = Isolation> {
    PossibleValuesParser::new(["thread", "process"]).map(|isolation| match &*isolation {
        "process" => Isolation::Process,
        _ => Isolation::Thread,
    })
}

pub(super) fn flaky_result() -> impl TypedValueParser<Value = FlakyResult> {
    PossibleValuesParser::new(["pass", "fail"]).map(|result| match &*result {
        "fail" => FlakyResult::Fail,
        _ => FlakyResult::Pass,
    })
}

/// Parses a log level from a variable that belongs to no option.
///
/// # Errors
/// [`InvalidValue`] if `text` is not a level that `--log` accepts.
pub(in crate::cli) fn parse_log_level(text: &str) -> Result<LevelFilter, InvalidValue> {
    let level = text.parse().ok().filter(|_| LOG_LEVELS.contains(&text));
    level.ok_or_else(|| InvalidValue::NotOneOf {
        text: text.to_owned(),
        choices: LOG_LEVELS.map(str::to_owned).to_vec(),
    })
}

/// Parses `strict` and `compat`; `real` and `harmony` are their former names.
pub(super) fn mode() -> impl TypedValueParser<Value = Mode> {
    PossibleValuesParser::new([
        PossibleValue::new("strict").alias("real"),
        PossibleValue::new("compat").alias("harmony"),
    ])
    .map(|mode| match mode.as_str() {
        "compat" | "harmony" => Mode::Compat,
        _ => Mode::Strict,
    })
}
