//! Findings as JSON, and the ids that a baseline of this format contains.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::selector::MutantCommand;
use super::words::definition_name;
use crate::mutation::{Change, Finding, Findings, Score, Verdict};

/// A text that is not JSON as [`findings_to_json`] writes it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnreadableFindings {
    /// It is not JSON.
    #[error("not JSON: {0}")]
    Syntax(String),
    /// It has no list of findings.
    #[error("no list `findings`, each with `id` and `verdict`")]
    NoFindings,
}

/// Returns the findings as JSON, with a final line break.
pub fn findings_to_json(findings: &Findings, command: &MutantCommand) -> String {
    let value = json!({
        "score": score_json(findings.score()),
        "features": findings.score_by_feature().iter().map(|(path, score)| {
            json!({ "path": &**path, "score": score_json(*score) })
        }).collect::<Value>(),
        "definitions": findings.score_by_definition().iter().map(|(definition, score)| {
            json!({
                "function": definition.function,
                "file": definition.file,
                "line": definition.line,
                "pattern": definition.pattern,
                "score": score_json(*score),
            })
        }).collect::<Value>(),
        "findings": findings.findings.iter().map(|finding| finding_json(findings, finding, command))
            .collect::<Value>(),
        "notMutated": findings.excluded.iter().map(|excluded| {
            let scenario = &findings.originals[excluded.original];
            json!({
                "scenario": scenario.display_name(),
                "place": scenario.selectable_location().to_string(),
                "reason": excluded.reason,
            })
        }).collect::<Value>(),
        "changedRuns": findings.trials,
        "seconds": findings.duration.as_secs_f64(),
        "seed": findings.seed,
        "preferred": findings.preferred,
        "interrupted": findings.interrupted,
    });
    format!("{value:#}\n")
}

/// Returns the ids of the mutants that no step noticed in these findings.
///
/// # Errors
/// [`UnreadableFindings`] if `text` was not written by [`findings_to_json`].
pub fn unnoticed_ids(text: &str) -> Result<HashSet<String>, UnreadableFindings> {
    let value: Value = serde_json::from_str(text)
        .map_err(|error| UnreadableFindings::Syntax(error.to_string()))?;
    let findings = value["findings"].as_array().ok_or(UnreadableFindings::NoFindings)?;
    let mut ids = HashSet::new();
    for finding in findings {
        let (Some(id), Some(verdict)) = (finding["id"].as_str(), finding["verdict"].as_str())
        else {
            return Err(UnreadableFindings::NoFindings);
        };
        if verdict == Verdict::Unnoticed.as_str() {
            ids.insert(id.to_owned());
        }
    }
    Ok(ids)
}

fn score_json(score: Score) -> Value {
    json!({
        "percent": score.percent(),
        "noticed": score.noticed,
        "unnoticed": score.unnoticed,
        "cannotTell": score.unclear,
        "notRun": score.not_run,
        "skipped": score.skipped,
    })
}

fn finding_json(findings: &Findings, finding: &Finding, command: &MutantCommand) -> Value {
    let scenario = &findings.originals[finding.original];
    let step = &scenario.steps[finding.step];
    let (by, reason) = match &finding.verdict {
        Verdict::Noticed { by, failure } => {
            let by = by.and_then(|by| scenario.steps.get(by)).map(|step| step.text.as_str());
            (by, Some(failure))
        }
        Verdict::CannotTell(reason) | Verdict::Skipped(reason) => (None, Some(reason)),
        Verdict::Unnoticed | Verdict::NotRun => (None, None),
    };
    json!({
        "id": finding.id,
        "scenario": scenario.display_name(),
        "combination": scenario.combination.as_deref(),
        "path": &*step.location.path,
        "line": step.location.line,
        "step": format!("{} {}", step.keyword_text, step.text),
        "definition": findings.definition(finding).map(definition_name),
        "change": finding.change.name(),
        "words": finding.change.to_string(),
        "value": match &finding.change {
            Change::Value { from, to, .. } => json!({ "from": from, "to": to }),
            _ => Value::Null,
        },
        "counts": finding.change != Change::Repeat,
        "verdict": finding.verdict.as_str(),
        "noticedBy": by,
        "reason": reason,
        "rerun": command.of(findings, finding),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn baseline_contains_unnoticed_mutants_only() {
        let text =
            r#"{"findings":[{"id":"a","verdict":"unnoticed"},{"id":"b","verdict":"noticed"}]}"#;
        assert_eq!(unnoticed_ids(text), Ok(HashSet::from(["a".to_owned()])));
        assert_eq!(unnoticed_ids("{}"), Err(UnreadableFindings::NoFindings));
        assert!(matches!(unnoticed_ids("<"), Err(UnreadableFindings::Syntax(_))));
    }
}
