//! `steps`: lists the step definitions of this binary.

use std::fmt::Write;
use std::process::ExitCode;

use serde_json::{Value, json};

use super::error::CommandError;
use crate::cli::output::print_stdout;
use crate::engine::{PatternKind, Registry, StepArgumentKind};

pub(super) fn steps(as_json: bool) -> Result<ExitCode, CommandError> {
    let registry = Registry::collect()?;
    Ok(print_stdout(if as_json { json(&registry) } else { text(&registry) }))
}

fn text(registry: &Registry) -> String {
    let mut text = String::new();
    for definition in registry.definitions() {
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            text,
            "{:<5} {}\n      {} {}{}",
            definition.keyword,
            definition.pattern.source,
            definition.location(),
            definition.function,
            definition.scope.map_or_else(String::new, |scope| format!(", {scope}"))
        );
    }
    text
}

fn json(registry: &Registry) -> String {
    let mut steps = Vec::new();
    for definition in registry.definitions() {
        steps.push(json!({
            "keyword": definition.keyword.to_string(),
            "pattern": definition.pattern.source,
            "patternKind": match definition.pattern.kind {
                PatternKind::Literal => "literal",
                PatternKind::Expression => "expression",
                PatternKind::Regex => "regex",
            },
            "argument": match definition.argument {
                StepArgumentKind::Table => Some("data table"),
                StepArgumentKind::DocString => Some("doc string"),
                StepArgumentKind::Nothing => None,
            },
            "function": definition.function,
            "module": definition.module,
            "file": definition.at.file,
            "line": definition.at.line,
            "timeoutMs": definition.options.timeout_ms,
            "scope": definition.scope.map(|scope| json!({
                "tags": scope.tag_expression(),
                "feature": scope.feature,
            })),
        }));
    }
    format!("{:#}\n", Value::Array(steps))
}
