//! `steps`: what this binary registered.

use std::fmt::Write;
use std::process::ExitCode;

use serde_json::{Value, json};

use super::{refuse, say};
use crate::engine::{ArgumentNeed, PatternKind, Registry};

pub(super) fn steps(as_json: bool) -> ExitCode {
    match Registry::collect() {
        Ok(registry) if as_json => say(&json(&registry)),
        Ok(registry) => say(&text(&registry)),
        Err(error) => refuse(error),
    }
}

fn text(registry: &Registry) -> String {
    let mut text = String::new();
    for definition in registry.definitions() {
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            text,
            "{:<5} {}\n      {} {}",
            definition.keyword,
            definition.pattern.source,
            definition.place(),
            definition.function
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
                ArgumentNeed::Table => Some("data table"),
                ArgumentNeed::DocString => Some("doc string"),
                ArgumentNeed::Nothing => None,
            },
            "function": definition.function,
            "module": definition.module,
            "file": definition.at.file,
            "line": definition.at.line,
            "timeoutMs": definition.options.timeout_ms,
        }));
    }
    format!("{:#}\n", Value::Array(steps))
}
