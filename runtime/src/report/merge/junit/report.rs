//! The merged report: its suites and their counts.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use roxmltree::{Document, Node};

use super::case::{
    Attributes, Case, CaseIdentity, CaseStatus, all_attributes, attribute_value, attributes_text,
    combine,
};
use crate::report::merge::error::{MergeError, MergeErrorKind};
use crate::report::merge::input::{IncompleteInputs, MergeInput, Merged};
use crate::report::xml::escape_xml;

/// Returns the JUnit file with the test cases of all `inputs`.
///
/// Runs of the same case are attempts, of which the last one decides. An input that appears twice counts
/// once.
///
/// # Errors
///
/// Returns an error if an input is not XML or not a JUnit report. An input that ends early is an error
/// unless `incomplete` accepts it; the merged report then has an error that names it.
pub fn merge_junit(
    inputs: &[MergeInput],
    incomplete: IncompleteInputs,
) -> Result<Merged, MergeError> {
    let mut report = MergedReport::default();
    let mut errors = Vec::new();
    for input in inputs {
        if let Err(error) = report.add_input(input) {
            incomplete.check(&error)?;
            errors.push(error);
        }
    }
    Ok(Merged { text: report.into_text(&errors), incomplete: errors })
}

#[derive(Debug, Default)]
struct MergedReport {
    attributes: Attributes,
    /// The duration in seconds.
    time: f64,
    /// The earliest timestamp of a root.
    timestamp: Option<String>,
    /// True if a root counts skipped cases.
    counts_skipped: bool,
    suites: Vec<MergedSuite>,
}

#[derive(Debug)]
struct MergedSuite {
    attributes: Attributes,
    /// The file of its first case, which distinguishes suites of one name.
    file: Option<String>,
    /// The duration in seconds.
    time: f64,
    timestamp: Option<String>,
    cases: Vec<Vec<Case>>,
    index: HashMap<CaseIdentity, usize>,
    /// The children that are not cases, as they are written.
    other: Vec<String>,
    /// The counts of cases in nested suites.
    nested: Counts,
}

#[derive(Debug, Default, Clone, Copy)]
struct Counts {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
}

/// The attributes that are recomputed, or that identify a single run.
const RECOMPUTED: [&str; 8] =
    ["tests", "failures", "errors", "skipped", "disabled", "time", "timestamp", "uuid"];

/// The attributes by which two suites are parts of the same suite.
const IDENTITY: [&str; 4] = ["name", "package", "file", "hostname"];

impl MergedReport {
    fn add_input(&mut self, input: &MergeInput) -> Result<(), MergeError> {
        let error = |line, kind| MergeError::new(&input.name, line, kind);
        if input.is_empty() {
            return Err(error(1, MergeErrorKind::Empty));
        }
        let document = Document::parse(&input.text).map_err(|problem| {
            error(problem.pos().row as usize, MergeErrorKind::Xml(problem.to_string()))
        })?;
        let root = document.root_element();
        let suites: Vec<_> = match root.tag_name().name() {
            "testsuites" => {
                root.children().filter(|child| child.has_tag_name("testsuite")).collect()
            }
            "testsuite" => vec![root],
            other => {
                let line = document.text_pos_at(root.range().start).row as usize;
                return Err(error(line, MergeErrorKind::NotJunit(other.to_owned())));
            }
        };
        let mut is_new = suites.is_empty();
        let mut seen = HashSet::new();
        for suite in suites {
            is_new |= self.add_suite(suite, &mut seen);
        }
        if root.has_tag_name("testsuites") {
            if self.attributes.is_empty() {
                self.attributes = copied_attributes(root);
            }
            self.counts_skipped |= root.has_attribute("skipped");
            keep_earliest(&mut self.timestamp, root.attribute("timestamp"));
        }
        if is_new {
            self.time += seconds(root).unwrap_or(0.0);
        }
        Ok(())
    }

    /// Adds a suite, and returns whether it has anything that the suites before do not have. `seen` are
    /// the cases of this input so far.
    fn add_suite(&mut self, node: Node<'_, '_>, seen: &mut HashSet<CaseIdentity>) -> bool {
        let attributes = copied_attributes(node);
        let file = node
            .children()
            .find(|child| child.has_tag_name("testcase"))
            .and_then(|case| case.attribute("file").map(str::to_owned));
        let is_it = |suite: &MergedSuite| {
            suite.file == file
                && IDENTITY.iter().all(|name| {
                    attribute_value(&suite.attributes, name) == attribute_value(&attributes, name)
                })
        };
        let index = self.suites.iter().position(is_it).unwrap_or_else(|| {
            self.suites.push(MergedSuite {
                attributes,
                file,
                time: 0.0,
                timestamp: None,
                cases: Vec::new(),
                index: HashMap::new(),
                other: Vec::new(),
                nested: Counts::default(),
            });
            self.suites.len() - 1
        });
        self.suites[index].add(node, seen)
    }

    fn into_text(mut self, incomplete: &[MergeError]) -> String {
        let mut names = HashSet::new();
        let mut total = Counts::default();
        let mut suites = String::new();
        for suite in &mut self.suites {
            total.add(suite.write(&mut names, &mut suites));
        }
        if !incomplete.is_empty() {
            total.add(write_incomplete(incomplete, &mut suites));
        }
        let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
        text.push_str(&attributes_text(&self.attributes));
        let Counts { tests, failures, errors, skipped } = total;
        let _ = write!(text, " tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\"");
        if self.counts_skipped {
            let _ = write!(text, " skipped=\"{skipped}\"");
        }
        let _ = write!(text, " time=\"{:.3}\"", self.time);
        if let Some(timestamp) = &self.timestamp {
            let _ = write!(text, " timestamp=\"{}\"", escape_xml(timestamp));
        }
        text.push_str(">\n");
        text.push_str(&suites);
        text.push_str("</testsuites>\n");
        text
    }
}

impl MergedSuite {
    fn add(&mut self, node: Node<'_, '_>, seen: &mut HashSet<CaseIdentity>) -> bool {
        let timestamp = node.attribute("timestamp");
        let mut is_new = !node.has_children();
        let mut cases_time = 0.0;
        for child in node.children().filter(Node::is_element) {
            if !child.has_tag_name("testcase") {
                is_new |= self.add_other(child);
                continue;
            }
            let mut case = Case::read(child, timestamp);
            while !seen.insert(case.identity.clone()) {
                case.identity = case.identity.next();
            }
            let index = *self.index.entry(case.identity.clone()).or_insert_with(|| {
                self.cases.push(Vec::new());
                self.cases.len() - 1
            });
            if self.cases[index].iter().all(|known| !known.is_same_attempt(&case)) {
                is_new = true;
                cases_time += case.seconds();
                self.cases[index].push(case);
            }
        }
        if is_new {
            self.time += seconds(node).unwrap_or(cases_time);
            keep_earliest(&mut self.timestamp, timestamp);
        }
        is_new
    }

    /// Adds a child that is not a case, and returns whether it is new.
    fn add_other(&mut self, child: Node<'_, '_>) -> bool {
        let text = &child.document().input_text()[child.range()];
        if self.other.iter().any(|known| known == text) {
            return false;
        }
        self.other.push(text.to_owned());
        // Some tools nest suites.
        for case in child.descendants().filter(|node| node.has_tag_name("testcase")) {
            self.nested.count(Case::read(case, None).status());
        }
        true
    }

    /// Writes the suite and returns its counts. `names` are the classes and names written so far.
    fn write(&mut self, names: &mut HashSet<(String, String)>, text: &mut String) -> Counts {
        let mut counts = self.nested;
        let mut content = String::new();
        for attempts in std::mem::take(&mut self.cases) {
            let Some(mut case) = combine(attempts) else { continue };
            counts.count(case.status());
            make_unique(&mut case, names);
            let _ = writeln!(content, "    {}", case.text());
        }
        for other in &self.other {
            let _ = writeln!(content, "    {other}");
        }
        let Counts { tests, failures, errors, skipped } = counts;
        let _ = write!(
            text,
            "  <testsuite{} tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\" time=\"{:.3}\"",
            attributes_text(&self.attributes),
            self.time
        );
        if let Some(timestamp) = &self.timestamp {
            let _ = write!(text, " timestamp=\"{}\"", escape_xml(timestamp));
        }
        let _ = write!(text, ">\n{content}  </testsuite>\n");
        counts
    }
}

/// Numbers a case whose class and name an earlier case has: readers identify cases by both.
fn make_unique(case: &mut Case, names: &mut HashSet<(String, String)>) {
    let Some((class, name)) = case.reader_key() else { return };
    let mut number = 1;
    let mut unique = name.clone();
    while !names.insert((class.clone(), unique.clone())) {
        number += 1;
        unique = format!("{name} #{number}");
    }
    if number > 1 {
        case.rename(&unique);
    }
}

/// Writes a suite with an error for each input that is missing in part.
fn write_incomplete(incomplete: &[MergeError], text: &mut String) -> Counts {
    let count = incomplete.len();
    let _ = writeln!(
        text,
        "  <testsuite name=\"incomplete reports\" tests=\"{count}\" failures=\"0\" errors=\"{count}\" skipped=\"0\" time=\"0\">"
    );
    for error in incomplete {
        let _ = writeln!(
            text,
            "    <testcase name=\"{}\" classname=\"incomplete reports\" time=\"0\">\n      \
             <error type=\"incomplete\" message=\"{}\"/>\n    </testcase>",
            escape_xml(&error.file),
            escape_xml(&error.to_string())
        );
    }
    text.push_str("  </testsuite>\n");
    Counts { tests: count, errors: count, ..Counts::default() }
}

impl Counts {
    fn count(&mut self, status: CaseStatus) {
        self.tests += 1;
        match status {
            CaseStatus::Failed => self.failures += 1,
            CaseStatus::Error => self.errors += 1,
            CaseStatus::Skipped => self.skipped += 1,
            CaseStatus::Passed => {}
        }
    }

    fn add(&mut self, other: Self) {
        self.tests += other.tests;
        self.failures += other.failures;
        self.errors += other.errors;
        self.skipped += other.skipped;
    }
}

/// Returns the attributes that are copied.
fn copied_attributes(node: Node<'_, '_>) -> Attributes {
    let mut attributes = all_attributes(node);
    attributes.retain(|(name, _)| !RECOMPUTED.contains(&name.as_str()));
    attributes
}

fn keep_earliest(earliest: &mut Option<String>, timestamp: Option<&str>) {
    if let Some(timestamp) = timestamp
        // Timestamps of ISO 8601 in one time zone sort as text.
        && earliest.as_deref().is_none_or(|earliest| timestamp < earliest)
    {
        *earliest = Some(timestamp.to_owned());
    }
}

fn seconds(node: Node<'_, '_>) -> Option<f64> {
    node.attribute("time").and_then(|time| time.parse().ok())
}
