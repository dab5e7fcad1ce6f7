//! Several JUnit files made into one: suites of one name and file become one suite.
//!
//! Test cases are copied as they are written; only the counts around them are made anew.

use std::fmt::Write as _;

use roxmltree::{Document, Node};

use super::{MergeError, MergeInput, MergeProblem};
use crate::report::junit::escaped;

/// The JUnit file that holds the test cases of all `inputs`.
///
/// # Errors
/// [`MergeError`] for an input that is no XML or no JUnit report.
pub fn junit(inputs: &[MergeInput]) -> Result<String, MergeError> {
    let mut merged = Merged::default();
    for input in inputs {
        let document = Document::parse(&input.text).map_err(|error| {
            let line = error.pos().row as usize;
            MergeError::new(&input.name, line, MergeProblem::Xml(error.to_string()))
        })?;
        merged.add(&document).map_err(|(node, problem)| {
            let line = document.text_pos_at(node.range().start).row as usize;
            MergeError::new(&input.name, line, problem)
        })?;
    }
    Ok(merged.into_text())
}

/// Names and values in the order they are written.
type Attributes = Vec<(String, String)>;

#[derive(Debug, Default)]
struct Merged {
    attributes: Attributes,
    counts: Counts,
    suites: Vec<Suite>,
}

#[derive(Debug)]
struct Suite {
    attributes: Attributes,
    counts: Counts,
    /// What stands inside, as it was written.
    inside: String,
}

#[derive(Debug, Default)]
struct Counts {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
    /// Seconds.
    time: f64,
    /// The earliest.
    timestamp: Option<String>,
}

/// The attributes that are made anew, or that name one run and no merged one.
const NOT_KEPT: [&str; 8] =
    ["tests", "failures", "errors", "skipped", "disabled", "time", "timestamp", "uuid"];

/// The attributes by which two suites are parts of one.
const IDENTITY: [&str; 4] = ["name", "package", "file", "hostname"];

impl Merged {
    fn add<'d>(&mut self, document: &'d Document<'_>) -> Result<(), (Node<'d, 'd>, MergeProblem)> {
        let root = document.root_element();
        match root.tag_name().name() {
            "testsuites" => {
                self.about(root);
                root.children()
                    .filter(|child| child.has_tag_name("testsuite"))
                    .for_each(|suite| self.suite(suite));
                Ok(())
            }
            "testsuite" => {
                self.about(root);
                self.suite(root);
                Ok(())
            }
            other => Err((root, MergeProblem::NotJunit(other.to_owned()))),
        }
    }

    /// What the root of a file says of all of it.
    fn about(&mut self, root: Node<'_, '_>) {
        if root.has_tag_name("testsuites") && self.attributes.is_empty() {
            self.attributes = kept(root);
        }
        self.counts.time += seconds(root);
        self.counts.began(root);
    }

    fn suite(&mut self, node: Node<'_, '_>) {
        let attributes = kept(node);
        let known = |suite: &Suite| {
            IDENTITY.iter().all(|name| value(&suite.attributes, name) == value(&attributes, name))
        };
        let index = self.suites.iter().position(known).unwrap_or_else(|| {
            let (counts, inside) = Default::default();
            self.suites.push(Suite { attributes, counts, inside });
            self.suites.len() - 1
        });
        let suite = &mut self.suites[index];
        suite.counts.time += match node.has_attribute("time") {
            true => seconds(node),
            false => node.children().map(seconds).sum(),
        };
        suite.counts.began(node);
        for child in node.children().filter(Node::is_element) {
            // Some tools put suites into suites.
            let cases = child.descendants().filter(|node| node.has_tag_name("testcase"));
            cases.for_each(|case| suite.counts.case(case));
            let text = &node.document().input_text()[child.range()];
            // Writing to a `String` cannot fail.
            let _ = writeln!(suite.inside, "    {text}");
        }
    }

    fn into_text(mut self) -> String {
        for suite in &self.suites {
            self.counts.tests += suite.counts.tests;
            self.counts.failures += suite.counts.failures;
            self.counts.errors += suite.counts.errors;
            self.counts.skipped += suite.counts.skipped;
        }
        let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
        self.counts.write(&self.attributes, &mut text);
        text.push_str(">\n");
        for suite in &self.suites {
            text.push_str("  <testsuite");
            suite.counts.write(&suite.attributes, &mut text);
            let _ = write!(text, ">\n{}  </testsuite>\n", suite.inside);
        }
        text.push_str("</testsuites>\n");
        text
    }
}

impl Counts {
    fn case(&mut self, case: Node<'_, '_>) {
        let has = |name: &str| usize::from(case.children().any(|child| child.has_tag_name(name)));
        self.tests += 1;
        self.failures += has("failure");
        self.errors += has("error");
        self.skipped += has("skipped");
    }

    fn began(&mut self, node: Node<'_, '_>) {
        if let Some(timestamp) = node.attribute("timestamp")
            // ISO 8601 in one time zone sorts as text.
            && self.timestamp.as_deref().is_none_or(|earliest| timestamp < earliest)
        {
            self.timestamp = Some(timestamp.to_owned());
        }
    }

    fn write(&self, attributes: &Attributes, text: &mut String) {
        let Self { tests, failures, errors, skipped, time, timestamp } = self;
        for (name, value) in attributes {
            let _ = write!(text, " {name}=\"{}\"", escaped(value));
        }
        let _ = write!(
            text,
            " tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\" time=\"{time:.6}\""
        );
        if let Some(timestamp) = timestamp {
            let _ = write!(text, " timestamp=\"{}\"", escaped(timestamp));
        }
    }
}

/// The attributes that stay as they are.
fn kept(node: Node<'_, '_>) -> Attributes {
    node.attributes()
        .filter(|attribute| !NOT_KEPT.contains(&attribute.name()))
        .map(|attribute| (attribute.name().to_owned(), attribute.value().to_owned()))
        .collect()
}

fn value<'a>(attributes: &'a Attributes, name: &str) -> Option<&'a str> {
    attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

fn seconds(node: Node<'_, '_>) -> f64 {
    node.attribute("time").and_then(|time| time.parse().ok()).unwrap_or(0.0)
}
