//! Who can play what, before playing: every platform is asked for its definitions, and every step
//! that would be sent to it is matched against them. No step is run.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use regex::Regex;
use serde_json::{Map, Value, json};

use super::config::{Config, ConfigError, Platform};
use super::connection::Connection;
use super::contract::member;
use super::process::ChildProcess;
use super::routing::{Lifecycle, Target, plan};
use super::trace::Speaker;
use crate::json::array;
use crate::model::{Scenario, StepKeyword};
use crate::sort::sort_by;

/// What one platform can play.
#[derive(Debug, Clone)]
pub struct Coverage {
    /// The platform's name.
    pub platform: String,
    /// How many definitions it told, or why it told none.
    pub definitions: Result<usize, String>,
    /// Definitions whose pattern is no regex here, with the reason; no step is matched by them.
    pub unreadable: Vec<String>,
    /// One for each scenario, in their order.
    pub scenarios: Vec<ScenarioCoverage>,
}

/// What a platform makes of one scenario, were it to play all of its roles.
#[derive(Debug, Clone)]
pub struct ScenarioCoverage {
    /// The scenario.
    pub scenario: Arc<Scenario>,
    /// Steps without a definition: role and text.
    pub missing: Vec<(String, String)>,
    /// Steps with several definitions: text and patterns.
    pub ambiguous: Vec<(String, Vec<String>)>,
}

impl ScenarioCoverage {
    /// Whether every step has a definition.
    pub fn is_playable(&self) -> bool {
        self.missing.is_empty()
    }
}

impl Coverage {
    /// Whether it answered and has exactly one definition for every step of every scenario.
    pub fn is_complete(&self) -> bool {
        self.definitions.is_ok()
            && self.scenarios.iter().all(|s| s.is_playable() && s.ambiguous.is_empty())
    }
}

/// Asks every platform of these names, all where none is given.
///
/// # Errors
/// When a name is not configured. A platform that gives no answer is told in its [`Coverage`].
pub fn coverage(
    scenarios: &[Arc<Scenario>],
    config: &Config,
    names: &[String],
    lifecycle: Lifecycle,
    limit: Duration,
) -> Result<Vec<Coverage>, ConfigError> {
    let mut platforms: Vec<&Platform> = Vec::new();
    for name in names {
        platforms.push(config.platform(name)?);
    }
    if names.is_empty() {
        platforms.extend(&config.platforms);
    }
    let mut coverage = Vec::new();
    for platform in platforms {
        coverage.push(of_platform(platform, scenarios, lifecycle, limit));
    }
    Ok(coverage)
}

/// The answers as a table for people: who can play what, then what each platform lacks.
pub fn to_text(coverage: &[Coverage]) -> String {
    let mut text = String::new();
    for platform in coverage {
        match &platform.definitions {
            Err(reason) => {
                let _ = writeln!(text, "{}: no answer: {reason}", platform.platform);
                continue;
            }
            Ok(count) => {
                let playable = platform.scenarios.iter().filter(|s| s.is_playable()).count();
                let all = platform.scenarios.len();
                let name = &platform.platform;
                let _ = writeln!(
                    text,
                    "{name}: {count} definitions, can play {playable} of {all} scenarios"
                );
            }
        }
        for pattern in &platform.unreadable {
            let _ = writeln!(text, "  a pattern that cannot be read here: {pattern}");
        }
        for scenario in platform.scenarios.iter().filter(|s| s.is_playable()) {
            let _ = writeln!(text, "  can play {}", scenario.scenario.name);
        }
        for scenario in platform.scenarios.iter().filter(|s| !s.is_playable()) {
            let _ = writeln!(
                text,
                "  cannot play {} ({})",
                scenario.scenario.name, scenario.scenario.place
            );
            for (role, step) in &scenario.missing {
                let _ = writeln!(text, "    lacks ({role}): {step}");
            }
        }
        let mut twice: Vec<&(String, Vec<String>)> = Vec::new();
        for ambiguous in platform.scenarios.iter().flat_map(|s| &s.ambiguous) {
            twice.retain(|known| known.0 != ambiguous.0);
            twice.push(ambiguous);
        }
        sort_by(&mut twice, Ord::cmp);
        for (step, patterns) in twice {
            let _ = writeln!(text, "  matches {} times: {step}", patterns.len());
            for pattern in patterns {
                let _ = writeln!(text, "    {pattern}");
            }
        }
    }
    text
}

/// The same for programs: an array of platforms, each with its scenarios.
pub fn to_json(coverage: &[Coverage]) -> Value {
    array(coverage, |platform| {
        let scenarios = array(&platform.scenarios, |found| {
            let missing = array(&found.missing, |(role, text)| json!({"role": role, "text": text}));
            let ambiguous = array(
                &found.ambiguous,
                |(text, patterns)| json!({"text": text, "patterns": patterns}),
            );
            json!({
                "scenario": found.scenario.name,
                "place": found.scenario.place.to_string(),
                "playable": found.is_playable(),
                "missing": missing,
                "ambiguous": ambiguous,
            })
        });
        json!({
            "platform": platform.platform,
            "definitions": platform.definitions.as_ref().ok(),
            "error": platform.definitions.as_ref().err(),
            "unreadable": platform.unreadable,
            "scenarios": scenarios,
        })
    })
}

fn of_platform(
    platform: &Platform,
    scenarios: &[Arc<Scenario>],
    lifecycle: Lifecycle,
    limit: Duration,
) -> Coverage {
    let mut coverage = Coverage {
        platform: platform.name.clone(),
        definitions: Ok(0),
        unreadable: Vec::new(),
        scenarios: Vec::new(),
    };
    let definitions = match discover(platform, limit) {
        Ok(patterns) => patterns,
        Err(reason) => {
            coverage.definitions = Err(reason);
            return coverage;
        }
    };
    coverage.definitions = Ok(definitions.len());
    let mut readable = Vec::new();
    for definition in definitions {
        match Regex::new(&format!("^(?:{})$", definition.regex)) {
            Ok(regex) => readable.push((definition.keyword, definition.pattern, regex)),
            Err(error) => coverage.unreadable.push(format!("{}: {error}", definition.pattern)),
        }
    }
    for scenario in scenarios {
        let plan = plan(scenario, lifecycle);
        let mut found = ScenarioCoverage {
            scenario: Arc::clone(scenario),
            missing: Vec::new(),
            ambiguous: Vec::new(),
        };
        for (step, routed) in scenario.steps.iter().zip(&plan.steps) {
            let role = match &routed.target {
                Target::Wait(_) | Target::End(..) => continue,
                Target::Broadcast => "all",
                target => target.role().unwrap_or_default(),
            };
            let hits: Vec<&String> = readable
                .iter()
                .filter(|(keyword, ..)| keyword.is_none_or(|keyword| keyword == routed.keyword))
                .filter(|(.., regex)| regex.is_match(&step.text))
                .map(|(_, pattern, _)| pattern)
                .collect();
            match hits.len() {
                0 => found.missing.push((role.to_owned(), step.text.clone())),
                1 => {}
                _ => {
                    let mut patterns: Vec<String> = hits.into_iter().cloned().collect();
                    sort_by(&mut patterns, Ord::cmp);
                    patterns.dedup();
                    // One pattern under two keywords is one definition.
                    if patterns.len() > 1 {
                        found.ambiguous.push((step.text.clone(), patterns));
                    }
                }
            }
        }
        coverage.scenarios.push(found);
    }
    coverage
}

struct Told {
    /// The only keyword it stands for, where the serve tells definitions apart by it.
    keyword: Option<StepKeyword>,
    pattern: String,
    /// Without anchors.
    regex: String,
}

fn discover(platform: &Platform, limit: Duration) -> Result<Vec<Told>, String> {
    let process = ChildProcess::start(platform, &[])
        .map_err(|error| format!("{}: {error}", platform.executable.display()))?;
    let speaker = Speaker {
        process: "discover".to_owned(),
        platform: platform.name.clone(),
        ..Speaker::default()
    };
    let mut connection = Connection::new(process, speaker, None);
    let limit = platform.start_timeout.unwrap_or(limit);
    let asked = connection.call("discover", "[]", limit, &|| false);
    connection.process.end_input();
    let result = asked.map_err(|error| connection.describe(&error))?;
    let steps =
        result.as_object().and_then(|object| member(object, "steps")).and_then(Value::as_array);
    let steps = steps.ok_or_else(|| format!("its answer to discover has no `steps`: {result}"))?;
    let told = steps.iter().filter_map(|step| {
        let step = step.as_object()?;
        let pattern = member(step, "pattern")?.as_str()?.to_owned();
        // A serve that tells its regexes is one of this project: it goes by the text alone.
        let (keyword, regex) = match member(step, "regex").and_then(Value::as_str) {
            Some(regex) => (None, regex.to_owned()),
            None => (keyword(step), without_placeholders(&pattern)),
        };
        Some(Told { keyword, pattern, regex })
    });
    Ok(told.collect())
}

fn keyword(step: &Map<String, Value>) -> Option<StepKeyword> {
    match member(step, "type")?.as_str()?.to_lowercase().as_str() {
        "given" => Some(StepKeyword::Given),
        "when" => Some(StepKeyword::When),
        "then" => Some(StepKeyword::Then),
        _ => None,
    }
}

/// A pattern as the C++ serve writes it, `{int}` and the like, or already a regex.
fn without_placeholders(pattern: &str) -> String {
    let pattern = pattern.strip_prefix('^').unwrap_or(pattern);
    let pattern = pattern.strip_suffix('$').unwrap_or(pattern);
    let is_regex = pattern.contains(['(', '[', '\\', '*', '+']);
    let has_placeholder =
        ["{int}", "{float}", "{word}", "{string}", "{}"].iter().any(|p| pattern.contains(p));
    if is_regex || !has_placeholder {
        return pattern.to_owned();
    }
    [
        (r"\{int\}", r"-?\d+"),
        (r"\{float\}", r"-?\d*\.?\d+"),
        (r"\{word\}", r"\S+"),
        (r"\{string\}", r#"(?:"[^"]*"|'[^']*')"#),
        (r"\{\}", ".*"),
    ]
    .iter()
    .fold(regex::escape(pattern), |text, (from, to)| text.replace(from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_become_regexes_and_regexes_stay() {
        let matches = |pattern: &str, text: &str| {
            Regex::new(&format!("^(?:{})$", without_placeholders(pattern))).unwrap().is_match(text)
        };
        assert!(matches("waits {int} ms.", "waits -5 ms."));
        assert!(!matches("waits {int} ms.", "waits -5 msx"));
        assert!(matches("a {word} and {string} and {}", "a b and 'c d' and e f"));
        assert!(matches("{float} s", "0.5 s"));
        assert!(matches(r"^the '([^']+)' process has (\d{1,3})$", "the 'a' process has 12"));
        assert!(matches("plain.", "plainx"), "without a placeholder it is a regex");
    }
}
