//! Findings of `check` as text and as JSON.

use std::fmt::Write as _;
use std::io;

use serde_json::json;

use crate::local::Selection;
use crate::local::check::Finding;
use crate::report::{ColorChoice, Style};
use crate::text::{blank_of_same_width, display_width, filter_control, pluralize};

/// The level of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FindingLevel {
    Error,
    Warning,
}

impl FindingLevel {
    fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// Returns the findings as a JSON array.
pub(super) fn findings_json(findings: &[(FindingLevel, Finding)]) -> String {
    let findings = findings
        .iter()
        .map(|(level, finding)| {
            json!({
                "kind": finding.kind.name(),
                "level": level.as_str(),
                "message": finding.message,
                "path": finding.path,
                "line": finding.line,
                "column": finding.column,
                "notes": finding.notes,
                "snippet": finding.snippet,
            })
        })
        .collect::<serde_json::Value>();
    format!("{findings:#}\n")
}

/// Returns the findings as text, with a summary.
pub(super) fn findings_text(
    findings: &[(FindingLevel, Finding)],
    selection: &Selection,
    definitions: usize,
) -> String {
    let style = Style::for_stream(&io::stdout(), ColorChoice::Auto);
    let mut text = String::new();
    for (level, finding) in findings {
        let document = selection.documents.iter().find(|document| *document.path == *finding.path);
        let line = document.and_then(|document| {
            document.source.lines().nth((finding.line as usize).checked_sub(1)?)
        });
        write_finding(&mut text, *level, finding, line, style);
    }
    let errors = findings.iter().filter(|(level, _)| *level == FindingLevel::Error).count();
    let summary = format!(
        "{} in {} against {}: {}, {}",
        pluralize(selection.scenarios.len(), "scenario"),
        pluralize(selection.files.len(), "feature file"),
        pluralize(definitions, "definition"),
        pluralize(errors, "error"),
        pluralize(findings.len() - errors, "warning")
    );
    text.push_str(&summary);
    text.push('\n');
    // Feature files may contain control sequences.
    filter_control(&text, style.control_filter()).into_owned()
}

fn write_finding(
    text: &mut String,
    level: FindingLevel,
    finding: &Finding,
    line: Option<&str>,
    style: Style,
) {
    let Finding { kind, message, path, line: number, column, notes, snippet } = finding;
    let head = match level {
        FindingLevel::Error => style.failure(format_args!("error[{}]", kind.name())),
        FindingLevel::Warning => style.warning(format_args!("warning[{}]", kind.name())),
    };
    let margin = " ".repeat(number.to_string().len());
    let bar = style.dim("|");
    // Writing to a `String` cannot fail.
    let _ = writeln!(text, "{head}{}", style.bold(format_args!(": {message}")));
    let _ = writeln!(text, "{margin}{} {path}:{number}:{column}", style.dim("-->"));
    if let Some(line) = line {
        let before = column.saturating_sub(1) as usize;
        let blank = blank_of_same_width(&line.chars().take(before).collect::<String>());
        let marked: String = line.trim_end().chars().skip(before).collect();
        let width = display_width(&marked).max(1);
        let _ = writeln!(text, "{margin} {bar}\n{} {bar} {}", style.dim(number), line.trim_end());
        let _ = writeln!(text, "{margin} {bar} {blank}{}", style.failure("^".repeat(width)));
    }
    for note in notes {
        let _ = writeln!(text, "{margin} {} {note}", style.dim("="));
    }
    if let Some(snippet) = snippet {
        let _ = writeln!(text, "\n{}", snippet.trim_end());
    }
    text.push('\n');
}
