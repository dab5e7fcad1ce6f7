//! Findings as one HTML page: the source of each feature, with the words marked that no step notices, and
//! below each line what was changed and how to run it again.

use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;

use super::selector::MutantCommand;
use super::words::{counts, percent};
use crate::gherkin::ast::GherkinDocument;
use crate::mutation::{Change, Finding, Findings, Verdict};
use crate::report::xml::escape_xml;

const PAGE: &str = include_str!("../../../assets/mutations.html");
const TITLE_PLACEHOLDER: &str = "<!--SUMMARY-->";
const BODY_PLACEHOLDER: &str = "<!--FEATURES-->";

/// A part of a line that is marked, and the note below the line.
struct Mark {
    range: Range<usize>,
    class: &'static str,
    /// What the change shows.
    claim: String,
    scenario: String,
    change: String,
    rerun: String,
}

/// Returns the page.
pub fn findings_page(
    findings: &Findings,
    documents: &[Arc<GherkinDocument>],
    command: &MutantCommand,
) -> String {
    let score = findings.score();
    let summary = format!(
        "<b>{}</b> {} noticed, <mark class=\"unnoticed\">{} unnoticed</mark>, \
         <mark class=\"unclear\">{} cannot tell</mark>, {} skipped",
        percent(score),
        score.noticed,
        score.unnoticed,
        score.unclear,
        score.skipped
    );
    let scores = findings.score_by_feature();
    let mut body = String::new();
    for document in documents {
        let Some((_, score)) = scores.iter().find(|(path, _)| *path == document.path) else {
            continue;
        };
        // Writing to a `String` cannot fail.
        let open = if score.unnoticed + score.unclear > 0 { " open" } else { "" };
        let _ = writeln!(
            body,
            "<details class=\"feature\"{open}><summary>{} <b>{}</b> <span>{}</span></summary>\n<div class=\"source\">",
            escape_xml(&document.path),
            percent(*score),
            counts(*score)
        );
        for (line, source) in (1..).zip(document.source.lines()) {
            let of_line = findings.findings.iter().filter(|finding| {
                let step = &findings.originals[finding.original].steps[finding.step];
                step.location.line == line && step.location.path == document.path
            });
            let marks = of_line.filter_map(|finding| mark(findings, finding, source, command));
            write_line(&mut body, line, source, &marks.collect::<Vec<_>>());
        }
        body.push_str("</div></details>\n");
    }
    PAGE.replacen(TITLE_PLACEHOLDER, &summary, 1).replacen(BODY_PLACEHOLDER, &body, 1)
}

fn mark(
    findings: &Findings,
    finding: &Finding,
    source: &str,
    command: &MutantCommand,
) -> Option<Mark> {
    let scenario = &findings.originals[finding.original];
    let step = &scenario.steps[finding.step];
    let (class, claim) = match &finding.verdict {
        Verdict::Unnoticed if finding.change == Change::Repeat => return None,
        Verdict::Unnoticed => ("unnoticed", finding.change.meaning_if_unnoticed()),
        Verdict::CannotTell(reason) => ("unclear", format!("cannot tell: {reason}")),
        _ => return None,
    };
    // In an outline the source has a placeholder, so that the whole step is marked.
    let whole = source.len() - source.trim_start().len()..source.trim_end().len();
    let range = match (source.find(&step.text), &finding.change) {
        (Some(start), Change::Value { range, .. }) => start + range.start..start + range.end,
        (Some(start), _) => start..start + step.text.len(),
        (None, _) => whole,
    };
    Some(Mark {
        range,
        class,
        claim,
        scenario: scenario.display_name(),
        change: finding.change.to_string(),
        rerun: command.of(findings, finding),
    })
}

/// Writes a line of the source and the notes on its marks. Marks may overlap.
fn write_line(body: &mut String, line: u32, source: &str, marks: &[Mark]) {
    let _ = write!(body, "<div><i>{line:>4}</i> ");
    let mut cuts: Vec<usize> = marks.iter().flat_map(|m| [m.range.start, m.range.end]).collect();
    cuts.extend([0, source.len()]);
    cuts.sort_unstable();
    cuts.dedup();
    for part in cuts.windows(2) {
        let text = escape_xml(&source[part[0]..part[1]]);
        let covering = marks.iter().filter(|m| m.range.start <= part[0] && part[1] <= m.range.end);
        let covering: Vec<_> = covering.collect();
        match covering.iter().find(|m| m.class == "unnoticed").or(covering.first()) {
            Some(first) => {
                let _ = write!(body, "<mark class=\"{}\">{text}</mark>", first.class);
            }
            None => body.push_str(&text),
        }
    }
    body.push_str("</div>\n");
    for mark in marks {
        let Mark { class, claim, scenario, change, rerun, .. } = mark;
        let _ = writeln!(
            body,
            "<details class=\"note {class}\"><summary>{}</summary>{}<br>change: {}<br><code>{}</code></details>",
            escape_xml(claim),
            escape_xml(scenario),
            escape_xml(change),
            escape_xml(rerun)
        );
    }
}
