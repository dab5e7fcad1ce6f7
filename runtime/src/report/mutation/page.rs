//! Findings as one HTML page: the source of each feature, with the words marked that no step notices.

use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;

use super::selector::{MutantCommand, percent};
use crate::gherkin::ast::GherkinDocument;
use crate::mutation::{Change, Finding, Findings, Verdict};
use crate::report::xml::escape_xml;

const PAGE: &str = include_str!("../../../assets/mutations.html");
const TITLE_PLACEHOLDER: &str = "<!--SUMMARY-->";
const BODY_PLACEHOLDER: &str = "<!--FEATURES-->";

/// A part of a line that is marked.
struct Mark {
    range: Range<usize>,
    class: &'static str,
    title: String,
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
        let _ = writeln!(
            body,
            "<details open><summary>{} <b>{}</b></summary>\n<pre>",
            escape_xml(&document.path),
            percent(*score)
        );
        for (line, source) in (1..).zip(document.source.lines()) {
            let of_line = findings.findings.iter().filter(|finding| {
                let step = &findings.originals[finding.original].steps[finding.step];
                step.location.line == line && step.location.path == document.path
            });
            let marks = of_line.filter_map(|finding| mark(findings, finding, source, command));
            write_line(&mut body, line, source, marks.collect());
        }
        body.push_str("</pre></details>\n");
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
    let title = format!(
        "{}\n{}: {claim}\n{}",
        scenario.display_name(),
        finding.change,
        command.of(findings, finding)
    );
    Some(Mark { range, class, title })
}

/// Writes a line of the source. Marks may overlap: each character has the titles of all its marks.
fn write_line(body: &mut String, line: u32, source: &str, marks: Vec<Mark>) {
    let _ = write!(body, "<i>{line:>4}</i> ");
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
                let titles: Vec<_> = covering.iter().map(|mark| mark.title.as_str()).collect();
                let title = escape_xml(&titles.join("\n\n"));
                let class = first.class;
                let _ = write!(body, "<mark class=\"{class}\" title=\"{title}\">{text}</mark>");
            }
            None => body.push_str(&text),
        }
    }
    body.push('\n');
}
