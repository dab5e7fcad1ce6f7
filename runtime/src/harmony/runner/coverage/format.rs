//! The coverage of platforms as text and as JSON.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::check::PlatformCoverage;
use super::mixed::{CombinationCoverage, combination_coverage};

/// Formats the coverage as text: the scenarios that each platform supports, then what it lacks.
pub fn to_text(coverage: &[PlatformCoverage]) -> String {
    let mut text = String::new();
    for platform in coverage {
        match &platform.definitions {
            Err(error) => {
                let _ = writeln!(text, "{}: no response: {error}", platform.platform);
            }
            Ok(count) => {
                let runnable = platform.scenarios.iter().filter(|s| s.is_runnable()).count();
                let all = platform.scenarios.len();
                let name = &platform.platform;
                let _ = writeln!(
                    text,
                    "{name}: {count} definitions, supports {runnable} of {all} scenarios"
                );
            }
        }
        for rule in &platform.violations {
            let _ = writeln!(text, "  breaks a rule of the protocol: {rule}");
        }
        for pattern in &platform.unreadable {
            let _ = writeln!(text, "  invalid pattern: {pattern}");
        }
        for scenario in platform.scenarios.iter().filter(|s| s.is_runnable()) {
            let _ = writeln!(text, "  supports {}", scenario.scenario.name);
        }
        for scenario in platform.scenarios.iter().filter(|s| !s.is_runnable()) {
            let _ = writeln!(
                text,
                "  does not support {} ({})",
                scenario.scenario.name, scenario.scenario.location
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
        twice.sort();
        for (step, patterns) in twice {
            let _ = writeln!(text, "  matches {} times: {step}", patterns.len());
            for pattern in patterns {
                let _ = writeln!(text, "    {pattern}");
            }
        }
    }
    if coverage.len() > 1 {
        for CombinationCoverage { combination, supported, scenarios } in
            combination_coverage(coverage)
        {
            let _ = writeln!(text, "{combination}: supports {supported} of {scenarios} scenarios");
        }
    }
    text
}

/// Formats the coverage as JSON: an array of platforms, each with its scenarios and with the combinations
/// in which it has the first role.
pub fn to_json(coverage: &[PlatformCoverage]) -> Value {
    let combinations = combination_coverage(coverage);
    coverage
        .iter()
        .map(|platform| {
            let scenarios = platform
                .scenarios
                .iter()
                .map(|found| {
                    let missing = found
                        .missing
                        .iter()
                        .map(|(role, text)| json!({"role": role, "text": text}))
                        .collect::<Value>();
                    let ambiguous = found
                        .ambiguous
                        .iter()
                        .map(|(text, patterns)| json!({"text": text, "patterns": patterns}))
                        .collect::<Value>();
                    json!({
                        "scenario": found.scenario.name,
                        "place": found.scenario.location.to_string(),
                        "playable": found.is_runnable(),
                        "missing": missing,
                        "ambiguous": ambiguous,
                    })
                })
                .collect::<Value>();
            let prefix = format!("{}_", platform.platform);
            let own = combinations.iter().filter(|mixed| mixed.combination.starts_with(&prefix));
            let own = own.map(|mixed| {
                let counts = json!({"supported": mixed.supported, "scenarios": mixed.scenarios});
                (mixed.combination.clone(), counts)
            });
            json!({
                "platform": platform.platform,
                "combinations": own.collect::<serde_json::Map<_, _>>(),
                "definitions": platform.definitions.as_ref().ok(),
                "error": platform.definitions.as_ref().err().map(ToString::to_string),
                "unreadable": platform.unreadable,
                "violations": platform.violations,
                "scenarios": scenarios,
            })
        })
        .collect::<Value>()
}
