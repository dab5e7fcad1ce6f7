//! The attempts of the merged run: runs of one scenario in several streams.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

/// A time of the protocol: seconds and nanoseconds.
type Time = (u64, u64);

/// The results of the merged run.
#[derive(Debug)]
pub(super) struct RunResults {
    /// True if the last attempt at every scenario passed or was skipped, and no hook of a run failed.
    pub(super) all_passed: bool,
    /// The ids of the pickles that ran.
    pickles: HashSet<String>,
}

/// One attempt at a scenario.
#[derive(Debug)]
struct Attempt {
    id: String,
    pickle: String,
    started: Time,
    finished: Option<Time>,
    failed: bool,
}

/// Removes attempts that several streams have, and numbers the others in the order in which they
/// started.
pub(super) fn merge(test_cases: &[Value], results: &mut Vec<Value>) -> RunResults {
    let mut attempts = collect(test_cases, results);
    let mut duplicates = duplicate_hooks(results);
    let mut seen = HashSet::new();
    attempts.retain(|attempt| {
        let is_new = seen.insert((attempt.pickle.clone(), attempt.started, attempt.finished));
        if !is_new {
            duplicates.insert(attempt.id.clone());
        }
        is_new
    });
    results.retain(|message| !owner(message).is_some_and(|id| duplicates.contains(id)));
    attempts.sort_by_key(|attempt| attempt.started);
    let mut by_pickle: HashMap<String, Vec<&Attempt>> = HashMap::new();
    for attempt in &attempts {
        by_pickle.entry(attempt.pickle.clone()).or_default().push(attempt);
    }
    let mut numbers: HashMap<&str, (usize, bool)> = HashMap::new();
    for attempts in by_pickle.values() {
        for (number, attempt) in attempts.iter().enumerate() {
            numbers.insert(&attempt.id, (number, number + 1 < attempts.len()));
        }
    }
    for message in results.iter_mut() {
        let number = owner(message).and_then(|id| numbers.get(id)).copied();
        let Some((number, is_retried)) = number else { continue };
        if let Some(started) = message.get_mut("testCaseStarted") {
            started["attempt"] = json!(number);
        } else if let Some(finished) = message.get_mut("testCaseFinished") {
            finished["willBeRetried"] = json!(is_retried);
        }
    }
    let last_passed =
        by_pickle.values().all(|attempts| attempts.last().is_some_and(|last| !last.failed));
    let hooks_passed = results.iter().all(|message| {
        message.get("testRunHookFinished").is_none_or(|hook| !is_failure(&hook["result"]))
    });
    RunResults { all_passed: last_passed && hooks_passed, pickles: by_pickle.into_keys().collect() }
}

/// Returns whether every pickle among `definitions` has run.
pub(super) fn all_ran(definitions: &[Value], results: &RunResults) -> bool {
    definitions
        .iter()
        .filter_map(|message| message.get("pickle")?.get("id")?.as_str())
        .all(|pickle| results.pickles.contains(pickle))
}

fn collect(test_cases: &[Value], results: &[Value]) -> Vec<Attempt> {
    let pickles: HashMap<&str, &str> = test_cases
        .iter()
        .filter_map(|message| {
            let case = message.get("testCase")?;
            Some((case["id"].as_str()?, case["pickleId"].as_str()?))
        })
        .collect();
    let mut attempts: Vec<Attempt> = Vec::new();
    let mut index: HashMap<&str, usize> = HashMap::new();
    for message in results {
        if let Some(started) = message.get("testCaseStarted")
            && let Some(id) = started["id"].as_str()
        {
            let case = started["testCaseId"].as_str().unwrap_or_default();
            index.insert(id, attempts.len());
            attempts.push(Attempt {
                id: id.to_owned(),
                pickle: pickles.get(case).copied().unwrap_or(case).to_owned(),
                started: time(&started["timestamp"]),
                finished: None,
                failed: false,
            });
            continue;
        }
        let Some(attempt) = owner(message).and_then(|id| index.get(id)) else { continue };
        let attempt = &mut attempts[*attempt];
        if let Some(step) = message.get("testStepFinished") {
            attempt.failed |= is_failure(&step["testStepResult"]);
        } else if let Some(finished) = message.get("testCaseFinished") {
            attempt.finished = Some(time(&finished["timestamp"]));
        }
    }
    attempts
}

/// Returns the ids of executions of run hooks that an earlier stream has as well.
fn duplicate_hooks(results: &[Value]) -> HashSet<String> {
    let mut seen = HashSet::new();
    results
        .iter()
        .filter_map(|message| {
            let started = message.get("testRunHookStarted")?;
            let key = (started["hookId"].as_str()?, time(&started["timestamp"]));
            let id = started["id"].as_str()?;
            (!seen.insert(key)).then(|| id.to_owned())
        })
        .collect()
}

/// Returns the id of the attempt or the run hook that a message belongs to.
fn owner(message: &Value) -> Option<&str> {
    let (kind, message) = message.as_object()?.iter().next()?;
    let field = match kind.as_str() {
        "testCaseStarted" | "testRunHookStarted" => "id",
        _ if message.get("testCaseStartedId").is_some() => "testCaseStartedId",
        _ => "testRunHookStartedId",
    };
    message.get(field)?.as_str()
}

fn is_failure(result: &Value) -> bool {
    !matches!(result["status"].as_str(), Some("PASSED" | "SKIPPED"))
}

/// Returns a timestamp of the protocol as a value that can be compared.
pub(super) fn time(timestamp: &Value) -> Time {
    let part = |name: &str| timestamp.get(name).and_then(Value::as_u64).unwrap_or(0);
    (part("seconds"), part("nanos"))
}
