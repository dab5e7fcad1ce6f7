//! A test case of an input, and the case that several attempts make.

use std::fmt::Write as _;
use std::ops::Range;

use roxmltree::Node;

use crate::report::xml::escape_xml;

/// The names and values of attributes, in the order in which they are written.
pub(super) type Attributes = Vec<(String, String)>;

/// A test case of one input.
#[derive(Debug, Clone)]
pub(super) struct Case {
    pub(super) identity: CaseIdentity,
    /// The start of its suite, if it has one.
    timestamp: Option<String>,
    attributes: Attributes,
    /// The range of the value of `name` in `text`.
    name_range: Option<Range<usize>>,
    children: Vec<Child>,
    /// The whole case, as it is written.
    text: String,
}

/// The identity of a case: two inputs with the same identity have attempts at the same case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct CaseIdentity {
    class: String,
    name: String,
    file: String,
    line: String,
    /// The number of earlier cases with the same names in the same input.
    occurrence: usize,
}

/// A child element of a case.
#[derive(Debug, Clone)]
struct Child {
    name: String,
    attributes: Attributes,
    /// The content, as it is written.
    content: String,
    /// The whole element, as it is written.
    text: String,
}

/// The result of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CaseStatus {
    Passed,
    Failed,
    Error,
    Skipped,
}

impl CaseIdentity {
    /// Returns the identity of a case, which is the first of its names in its input.
    fn first(attributes: &Attributes) -> Self {
        let text = |name: &str| attribute_value(attributes, name).unwrap_or_default().to_owned();
        let (file, line) = (text("file"), text("line"));
        let name = text("name");
        // With a line the number that makes a name unique in its report does not matter.
        let name = match name.rsplit_once(" #") {
            Some((base, number)) if !line.is_empty() && number.parse::<u32>().is_ok() => {
                base.to_owned()
            }
            _ => name,
        };
        Self { class: text("classname"), name, file, line, occurrence: 0 }
    }

    /// Returns the identity of the next case with the same names in the same input.
    pub(super) fn next(self) -> Self {
        Self { occurrence: self.occurrence + 1, ..self }
    }
}

impl Case {
    pub(super) fn read(node: Node<'_, '_>, timestamp: Option<&str>) -> Self {
        let range = node.range();
        let name_range = node.attribute_node("name").map(|name| {
            let value = name.range_value();
            value.start - range.start..value.end - range.start
        });
        let attributes = all_attributes(node);
        Self {
            identity: CaseIdentity::first(&attributes),
            timestamp: timestamp.map(str::to_owned),
            attributes,
            name_range,
            children: node.children().filter(Node::is_element).map(Child::read).collect(),
            text: node.document().input_text()[range].to_owned(),
        }
    }

    /// Returns whether both are the same attempt, as when one input contains another.
    pub(super) fn is_same_attempt(&self, other: &Self) -> bool {
        self.text == other.text && self.timestamp == other.timestamp
    }

    pub(super) fn status(&self) -> CaseStatus {
        let has = |name: &str| self.children.iter().any(|child| child.name == name);
        if has("failure") {
            CaseStatus::Failed
        } else if has("error") {
            CaseStatus::Error
        } else if has("skipped") {
            CaseStatus::Skipped
        } else {
            CaseStatus::Passed
        }
    }

    /// Returns class and name, by which readers identify a case; `None` if the input does not say which
    /// file the case comes from.
    pub(super) fn reader_key(&self) -> Option<(String, String)> {
        attribute_value(&self.attributes, "file")?;
        let text = |name: &str| attribute_value(&self.attributes, name).unwrap_or_default();
        Some((text("classname").to_owned(), text("name").to_owned()))
    }

    /// Replaces the name.
    pub(super) fn rename(&mut self, name: &str) {
        if let Some(range) = &self.name_range {
            self.text.replace_range(range.clone(), &escape_xml(name));
        }
        for (known, value) in &mut self.attributes {
            if known == "name" {
                name.clone_into(value);
            }
        }
    }

    pub(super) fn seconds(&self) -> f64 {
        let time = attribute_value(&self.attributes, "time");
        time.and_then(|time| time.parse().ok()).unwrap_or(0.0)
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }
}

impl Child {
    fn read(node: Node<'_, '_>) -> Self {
        let text = node.document().input_text();
        let content = match (node.first_child(), node.last_child()) {
            (Some(first), Some(last)) => &text[first.range().start..last.range().end],
            _ => "",
        };
        Self {
            name: node.tag_name().name().to_owned(),
            attributes: all_attributes(node),
            content: content.to_owned(),
            text: text[node.range()].to_owned(),
        }
    }

    fn is_retry(&self) -> bool {
        ["flakyFailure", "flakyError", "rerunFailure", "rerunError"].contains(&&*self.name)
    }

    /// Writes a failure, or an earlier retry, as a retry of a case that finally passed or failed.
    fn write_as_retry(&self, prefix: &str, text: &mut String) {
        let suffix = if self.name.ends_with("rror") { "Error" } else { "Failure" };
        let attributes = attributes_text(&self.attributes);
        let content = match self.is_retry() {
            true => self.content.clone(),
            false => format!("<stackTrace>{}</stackTrace>", self.content),
        };
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "      <{prefix}{suffix}{attributes}>{content}</{prefix}{suffix}>");
    }
}

/// Returns the case of one or more attempts, sorted by their start if it is known. The last attempt that
/// was not skipped decides.
pub(super) fn combine(mut attempts: Vec<Case>) -> Option<Case> {
    attempts.sort_by(|one, other| match (&one.timestamp, &other.timestamp) {
        // Timestamps of ISO 8601 in one time zone sort as text.
        (Some(one), Some(other)) => one.cmp(other),
        _ => std::cmp::Ordering::Equal,
    });
    let deciding = attempts
        .iter()
        .rposition(|attempt| attempt.status() != CaseStatus::Skipped)
        .unwrap_or(attempts.len().checked_sub(1)?);
    let seconds: f64 = attempts[..=deciding].iter().map(Case::seconds).sum();
    attempts.truncate(deciding + 1);
    let last = attempts.pop()?;
    let earlier: Vec<_> =
        attempts.iter().filter(|attempt| attempt.status() != CaseStatus::Skipped).collect();
    if earlier.is_empty() {
        return Some(last);
    }
    let prefix = if last.status() == CaseStatus::Passed { "flaky" } else { "rerun" };
    let mut attributes = last.attributes.clone();
    for (name, value) in &mut attributes {
        if name == "time" {
            *value = format!("{seconds:.3}");
        }
    }
    let mut text = format!("<testcase{}>\n", attributes_text(&attributes));
    let mut write = |children: &mut dyn Iterator<Item = &Child>| {
        for child in children {
            let _ = writeln!(text, "      {}", child.text);
        }
    };
    let is_result = |child: &&Child| matches!(&*child.name, "failure" | "error" | "skipped");
    write(&mut last.children.iter().filter(|child| child.name == "properties"));
    write(&mut last.children.iter().filter(is_result));
    for attempt in earlier {
        let retries = attempt.children.iter().filter(|child| child.is_retry());
        let failures = attempt.children.iter().filter(is_result);
        retries.chain(failures).for_each(|child| child.write_as_retry(prefix, &mut text));
    }
    for retry in last.children.iter().filter(|child| child.is_retry()) {
        retry.write_as_retry(prefix, &mut text);
    }
    for child in &last.children {
        if child.name != "properties" && !is_result(&child) && !child.is_retry() {
            let _ = writeln!(text, "      {}", child.text);
        }
    }
    text.push_str("    </testcase>");
    let name_range = text.find(" name=\"").map(|at| at + " name=\"".len()).and_then(|start| {
        let end = text[start..].find('"')?;
        Some(start..start + end)
    });
    Some(Case { attributes, name_range, text, ..last })
}

pub(super) fn attribute_value<'a>(attributes: &'a Attributes, name: &str) -> Option<&'a str> {
    attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

pub(super) fn all_attributes(node: Node<'_, '_>) -> Attributes {
    let pair = |attribute: roxmltree::Attribute<'_, '_>| {
        (attribute.name().to_owned(), attribute.value().to_owned())
    };
    node.attributes().map(pair).collect()
}

/// Returns the attributes as they are written in a tag.
pub(super) fn attributes_text(attributes: &Attributes) -> String {
    let mut text = String::new();
    for (name, value) in attributes {
        let _ = write!(text, " {name}=\"{}\"", escape_xml(value));
    }
    text
}
