//! Findings as text for a terminal.

use std::fmt::Write as _;

use super::selector::MutantCommand;
use super::words::{counts, definition_name, percent};
use crate::model::Step;
use crate::mutation::{Change, Finding, Findings, Verdict};
use crate::report::Style;
use crate::text::{blank_of_same_width, display_width, filter_control, pluralize};

/// Maximum number of step definitions that are listed.
const MAX_DEFINITIONS: usize = 10;

/// Returns the findings as text: mutants that no step noticed, scenarios that were not mutated, the
/// scores and a summary. `verbose` lists all other mutants as well; those in `known` are marked.
pub fn findings_text(
    findings: &Findings,
    command: &MutantCommand,
    known: &dyn Fn(&str) -> bool,
    verbose: bool,
    style: Style,
) -> String {
    let mut text = String::new();
    for finding in &findings.findings {
        let is_listed = match &finding.verdict {
            Verdict::Unnoticed => finding.change != Change::Repeat || verbose,
            _ => verbose,
        };
        if is_listed {
            write_finding(&mut text, findings, finding, command, known(&finding.id), style);
        }
    }
    write_excluded(&mut text, findings, style);
    write_scores(&mut text, findings, style);
    text.push_str(&summary(findings, style));
    filter_control(&text, style.control_filter()).into_owned()
}

fn write_finding(
    text: &mut String,
    findings: &Findings,
    finding: &Finding,
    command: &MutantCommand,
    is_known: bool,
    style: Style,
) {
    let scenario = &findings.originals[finding.original];
    let step = &scenario.steps[finding.step];
    let change = &finding.change;
    let head = match &finding.verdict {
        Verdict::Unnoticed if change == &Change::Repeat => style.dim("repeatable"),
        Verdict::Unnoticed if is_known => style.warning("unnoticed, as in the baseline"),
        Verdict::Unnoticed => style.failure("unnoticed"),
        other => style.dim(other.as_str()),
    };
    // Writing to a `String` cannot fail.
    let _ = writeln!(
        text,
        "{head}{}",
        style.bold(format_args!(": {}", claim(change, &finding.verdict)))
    );
    let number = step.location.line.to_string();
    let margin = " ".repeat(number.len());
    let bar = style.dim("|");
    let _ = writeln!(text, "{margin}{} {}", style.dim("-->"), step.location);
    let line = format!("{} {}", step.keyword_text, step.text);
    let _ = writeln!(text, "{margin} {bar}\n{} {bar} {line}", style.dim(&number));
    let (before, marked) = marked(step, change);
    let carets = "^".repeat(display_width(marked).max(1));
    let _ =
        writeln!(text, "{margin} {bar} {}{}", blank_of_same_width(&before), style.failure(carets));
    let mut note = |name: &str, words: &str| {
        let _ = writeln!(text, "{margin} {} {name}: {words}", style.dim("="));
    };
    note("scenario", &scenario.display_name());
    note("change", &change.to_string());
    match &finding.verdict {
        Verdict::Noticed { by, failure } => {
            let by = by.and_then(|by| scenario.steps.get(by));
            let by = by.map_or("the end of the scenario", |step| step.text.as_str());
            note("noticed by", &format!("{by}: {failure}"));
        }
        Verdict::CannotTell(reason) | Verdict::Skipped(reason) => note("reason", reason),
        Verdict::Unnoticed | Verdict::NotRun => {}
    }
    if let Some(definition) = findings.definition(finding) {
        note("definition", &definition_name(definition));
    }
    note("rerun", &command.of(findings, finding));
    text.push('\n');
}

fn claim(change: &Change, verdict: &Verdict) -> String {
    match verdict {
        Verdict::Unnoticed => change.meaning_if_unnoticed(),
        _ => change.to_string(),
    }
}

/// Returns the text before the marked part of the step's line, and the marked part.
fn marked<'a>(step: &'a Step, change: &Change) -> (String, &'a str) {
    let range = match change {
        Change::Value { range, .. } => range.clone(),
        _ => 0..step.text.len(),
    };
    let before = format!("{} {}", step.keyword_text, &step.text[..range.start]);
    (before, &step.text[range])
}

fn write_excluded(text: &mut String, findings: &Findings, style: Style) {
    for excluded in &findings.excluded {
        let scenario = &findings.originals[excluded.original];
        let head = style.warning("not mutated");
        let _ = writeln!(
            text,
            "{head}: {} ({}): {}",
            scenario.display_name(),
            scenario.selectable_location(),
            excluded.reason
        );
    }
    if !findings.excluded.is_empty() {
        text.push('\n');
    }
}

fn write_scores(text: &mut String, findings: &Findings, style: Style) {
    let features = findings.score_by_feature();
    let width = features.iter().map(|(path, _)| display_width(path)).max().unwrap_or(0);
    for (path, score) in &features {
        let blank = " ".repeat(width - display_width(path));
        let _ = writeln!(text, "{path}{blank}  {:>8}  {}", percent(*score), counts(*score));
    }
    let mut definitions = findings.score_by_definition();
    definitions.retain(|(_, score)| score.unnoticed > 0);
    definitions.sort_by_key(|(_, score)| std::cmp::Reverse(score.unnoticed));
    if !definitions.is_empty() {
        let _ = writeln!(text, "\n{}", style.bold("step definitions with unnoticed mutants"));
    }
    for (definition, score) in definitions.iter().take(MAX_DEFINITIONS) {
        let name = definition_name(definition);
        let _ = writeln!(text, "  {:>8}  {}  {name}", percent(*score), counts(*score));
    }
    if let Some(more @ 1..) = definitions.len().checked_sub(MAX_DEFINITIONS) {
        let _ = writeln!(text, "  … {more} more; --format json lists all");
    }
    text.push('\n');
}

fn summary(findings: &Findings, style: Style) -> String {
    let score = findings.score();
    let mutants = score.noticed + score.unnoticed + score.unclear + score.not_run + score.skipped;
    let scenarios = findings.originals.len() - findings.excluded.len();
    let mut text = format!(
        "{} of {}: {}; score {} ({} in {:.1} s)\n",
        pluralize(mutants, "mutant"),
        pluralize(scenarios, "scenario"),
        counts(score),
        style.bold(percent(score)),
        pluralize(findings.trials, "changed run"),
        findings.duration.as_secs_f64(),
    );
    if score.not_run > 0 {
        let seed = findings.seed.map_or(String::new(), |seed| format!(" (seed {seed})"));
        let not_run = pluralize(score.not_run, "mutant");
        let _ = write!(text, "the score is that of a sample: {not_run} did not run{seed}");
        if findings.preferred > 0 {
            let preferred = pluralize(findings.preferred, "mutant");
            let _ = write!(text, "; it begins with {preferred} unnoticed or undecided before");
        }
        text.push('\n');
    }
    let repeated: Vec<_> = findings.notes().collect();
    if !repeated.is_empty() {
        let noticed = repeated.iter().filter(|note| note.is_noticed).count();
        let _ = writeln!(
            text,
            "{} repeated: {noticed} noticed, {} idempotent",
            pluralize(repeated.len(), "step"),
            repeated.len() - noticed
        );
    }
    if findings.interrupted {
        text.push_str(&style.failure("interrupted before all mutants ran\n"));
    }
    text
}
