//! `check`: says what is wrong without running anything.

use std::fmt::Write as _;
use std::io;
use std::process::ExitCode;

use serde_json::json;

use super::options::Options;
use super::{EXIT_FAILED, coverage, refuse, say, settings};
use crate::config::{Group, Kind, Setting, Values};
use crate::engine::Registry;
use crate::json::array;
use crate::local::check::{Finding, FindingKind, check};
use crate::local::{self, SelectOptions, Selection};
use crate::report::{ColourChoice, Style};

/// Everything `check` can be told.
pub(super) static CHECK: Group = Group {
    section: "check",
    prefix: "HARMONY_BDD_CHECK_",
    variables_file: None,
    foreign_variables: &[],
    implied: &[],
    settings: &[
        Setting {
            name: "format",
            short: Some('f'),
            kind: Kind::Choice(&["text", "json"]),
            value: "F",
            default: "text",
            help: "text for people, json for programs",
        },
        Setting {
            name: "deny",
            short: None,
            kind: Kind::Texts(kind),
            value: "KIND",
            default: "",
            help: "a finding of this kind, or `all`, is an error; repeatable",
        },
        Setting {
            name: "allow",
            short: None,
            kind: Kind::Texts(kind),
            value: "KIND",
            default: "",
            help: "findings of this kind, or `all`, are not told; repeatable",
        },
        Setting {
            name: "platforms",
            short: Some('p'),
            kind: Kind::Text(coverage::names),
            value: "A,B",
            default: "",
            help: "ask these platforms what they can play instead; all of it: exit code 0",
        },
    ],
};

/// What is done about a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Error,
    Warning,
}

pub(super) fn run(options: Options) -> ExitCode {
    match checked(options) {
        Ok(code) => code,
        Err(message) => refuse(message),
    }
}

fn checked(options: Options) -> Result<ExitCode, String> {
    let values = settings::values(&CHECK, &options)?;
    let registry = Registry::collect().map_err(|error| error.to_string())?;
    let select =
        SelectOptions { selectors: options.selectors, documents: true, ..SelectOptions::default() };
    let selection = match local::select(&select) {
        Ok(selection) => selection,
        Err(error) if error.is_empty_selection() => {
            refuse(error);
            return Ok(ExitCode::from(EXIT_FAILED));
        }
        Err(error) => return Err(error.to_string()),
    };
    if let Some(platforms) = values.text("platforms") {
        return coverage::run(platforms, &selection, values.text("format") == Some("json"));
    }
    let findings: Vec<_> = check(&registry, &selection)
        .into_iter()
        .filter_map(|finding| Some((level(&values, finding.kind)?, finding)))
        .collect();
    match values.text("format") {
        Some("json") => say(&as_json(&findings)),
        _ => say(&as_text(&findings, &selection, registry.definitions().len())),
    };
    let bad = findings.iter().any(|(level, _)| *level == Level::Error);
    Ok(if bad { ExitCode::from(EXIT_FAILED) } else { ExitCode::SUCCESS })
}

fn kind(text: &str) -> Result<(), String> {
    if text == "all" || FindingKind::ALL.iter().any(|kind| kind.name() == text) {
        return Ok(());
    }
    let known = FindingKind::ALL.map(FindingKind::name).join(", ");
    Err(format!("takes one of {known} or all, not {text:?}"))
}

/// `None` for what is not told. Naming a kind weighs more than `all`, and denying more than allowing.
fn level(values: &Values, kind: FindingKind) -> Option<Level> {
    let names = |setting: &str, name: &str| values.texts(setting).iter().any(|text| text == name);
    if names("deny", kind.name()) {
        Some(Level::Error)
    } else if names("allow", kind.name()) {
        None
    } else if names("deny", "all") || (kind.is_denied_by_default() && !names("allow", "all")) {
        Some(Level::Error)
    } else if names("allow", "all") {
        None
    } else {
        Some(Level::Warning)
    }
}

fn as_json(findings: &[(Level, Finding)]) -> String {
    let findings = array(findings, |(level, finding)| {
        json!({
            "kind": finding.kind.name(),
            "level": level.word(),
            "message": finding.message,
            "path": finding.path,
            "line": finding.line,
            "column": finding.column,
            "notes": finding.notes,
            "snippet": finding.snippet,
        })
    });
    format!("{findings:#}\n")
}

fn as_text(findings: &[(Level, Finding)], selection: &Selection, definitions: usize) -> String {
    let style = Style::for_stream(&io::stdout(), ColourChoice::Auto);
    let mut text = String::new();
    for (level, finding) in findings {
        let document = selection.documents.iter().find(|document| *document.path == *finding.path);
        let line = document.and_then(|document| {
            document.source.lines().nth((finding.line as usize).checked_sub(1)?)
        });
        finding_text(&mut text, *level, finding, line, style);
    }
    let errors = findings.iter().filter(|(level, _)| *level == Level::Error).count();
    let summary = format!(
        "{} in {} against {}: {}, {}",
        counted(selection.scenarios.len(), "scenario"),
        counted(selection.files.len(), "feature file"),
        counted(definitions, "definition"),
        counted(errors, "error"),
        counted(findings.len() - errors, "warning")
    );
    text.push_str(&summary);
    text.push('\n');
    text
}

fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

fn finding_text(
    text: &mut String,
    level: Level,
    finding: &Finding,
    line: Option<&str>,
    style: Style,
) {
    let Finding { kind, message, path, line: number, column, notes, snippet } = finding;
    let head = match level {
        Level::Error => style.bad(format_args!("error[{}]", kind.name())),
        Level::Warning => style.odd(format_args!("warning[{}]", kind.name())),
    };
    let margin = " ".repeat(number.to_string().len());
    let bar = style.faint("|");
    // Writing to a `String` cannot fail.
    let _ = writeln!(text, "{head}{}", style.strong(format_args!(": {message}")));
    let _ = writeln!(text, "{margin}{} {path}:{number}:{column}", style.faint("-->"));
    if let Some(line) = line {
        let before = column.saturating_sub(1) as usize;
        let blank: String =
            line.chars().take(before).map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
        let width = line.trim_end().chars().count().saturating_sub(before).max(1);
        let _ = writeln!(text, "{margin} {bar}\n{} {bar} {}", style.faint(number), line.trim_end());
        let _ = writeln!(text, "{margin} {bar} {blank}{}", style.bad("^".repeat(width)));
    }
    for note in notes {
        let _ = writeln!(text, "{margin} {} {note}", style.faint("="));
    }
    if let Some(snippet) = snippet {
        let _ = writeln!(text, "\n{}", snippet.trim_end());
    }
    text.push('\n');
}

impl Level {
    fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}
