//! The groups of a capture: the parts that the regex of its parameter type captures.

use regex::{Captures, Regex};
use serde::Serialize;

/// The regex of `{string}` in the official Cucumber implementations, whose groups readers expect.
const STRING_REGEX: &str = r#""([^"\\]*(\\.[^"\\]*)*)"|'([^'\\]*(\\.[^'\\]*)*)'"#;

/// A group of a match as the protocol represents it; one that did not match has neither start nor value.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct GroupMessage<'a> {
    /// The offset in the text of the step, in UTF-16 code units, as in JavaScript.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) start: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) value: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) children: Vec<Self>,
}

/// The groups of parameter types; the last type of a name wins.
#[derive(Debug)]
pub(super) struct Groups(Vec<GroupTree>);

#[derive(Debug)]
struct GroupTree {
    name: String,
    regex: Regex,
    groups: Vec<Group>,
}

/// A capture group with those inside it.
#[derive(Debug, PartialEq, Eq)]
struct Group {
    number: usize,
    inside: Vec<Group>,
}

impl Groups {
    pub(super) fn new() -> Self {
        let mut groups = Self(Vec::new());
        groups.add("string", STRING_REGEX);
        groups
    }

    /// Adds a parameter type. An invalid regex has no groups; its declaration does not work either.
    pub(super) fn add(&mut self, name: &str, source: &str) {
        let groups = parse_groups(source);
        if !groups.is_empty()
            && let Ok(regex) = Regex::new(&format!("^(?:{source})$"))
        {
            self.0.push(GroupTree { name: name.to_owned(), regex, groups });
        }
    }

    /// Returns the groups of `value`, a capture of the parameter type at offset `start`, counted in
    /// UTF-16 code units; none if the type has no groups.
    pub(super) fn groups_of<'a>(
        &self,
        name: &str,
        value: &'a str,
        start: usize,
    ) -> Vec<GroupMessage<'a>> {
        let tree = self.0.iter().rfind(|tree| tree.name == name);
        let matched = tree.and_then(|tree| Some((tree, tree.regex.captures(value)?)));
        let Some((tree, captures)) = matched else { return Vec::new() };
        let message = |group| group_message(group, &captures, value, start);
        tree.groups.iter().map(message).collect()
    }
}

fn group_message<'a>(
    group: &Group,
    captures: &Captures<'a>,
    whole: &str,
    start: usize,
) -> GroupMessage<'a> {
    let part = captures.get(group.number);
    let offset = |before| start + utf16_length(before);
    let inside = |inner| group_message(inner, captures, whole, start);
    GroupMessage {
        start: part.map(|part| offset(&whole[..part.start()])),
        value: part.map(|part| part.as_str()),
        children: group.inside.iter().map(inside).collect(),
    }
}

/// Returns the length of a text in UTF-16 code units.
pub(super) fn utf16_length(text: &str) -> usize {
    // Nearly every text is ASCII, which takes no counting.
    if text.is_ascii() { text.len() } else { text.encode_utf16().count() }
}

/// Parses the capture groups of a regex.
fn parse_groups(source: &str) -> Vec<Group> {
    // The open groups, innermost last; `None` for a group that does not capture.
    let mut open: Vec<Option<Group>> = Vec::new();
    let mut done = Vec::new();
    let (mut number, mut classes) = (0, 0_usize);
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        rest = &rest[first.len_utf8()..];
        match first {
            '\\' => {
                rest = rest.chars().next().map_or("", |escape_xml| &rest[escape_xml.len_utf8()..])
            }
            '[' => {
                classes += 1;
                // A bracket at the start of a class is literal.
                rest = rest.strip_prefix('^').unwrap_or(rest);
                rest = rest.strip_prefix(']').unwrap_or(rest);
            }
            ']' => classes = classes.saturating_sub(1),
            _ if classes > 0 => {}
            '(' => {
                let captures =
                    !rest.starts_with('?') || rest.starts_with("?<") || rest.starts_with("?P<");
                number += usize::from(captures);
                open.push(captures.then_some(Group { number, inside: Vec::new() }));
            }
            ')' => {
                if let Some(Some(group)) = open.pop() {
                    match open.iter_mut().rev().flatten().next() {
                        Some(outer) => outer.inside.push(group),
                        None => done.push(group),
                    }
                }
            }
            _ => {}
        }
    }
    done
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn groups_nest_like_their_parentheses() {
        let group = |number, inside| Group { number, inside };
        assert_eq!(parse_groups(r"\d+[()]\((?:x)"), []);
        assert_eq!(parse_groups("([^])(]{3})-(?<to>b)"), [group(1, vec![]), group(2, vec![])]);
        assert_eq!(
            parse_groups("(?:(a(b)))(c)"),
            [group(1, vec![group(2, vec![])]), group(3, vec![])]
        );
    }

    #[test]
    fn parts_have_the_offset_of_their_capture() {
        let mut groups = Groups::new();
        groups.add("flight", "([A-Z]{3})-([A-Z]{3})");
        let groups_of = |name, value, start| json!(groups.groups_of(name, value, start));
        assert_eq!(
            groups_of("flight", "LHR-CDG", 4),
            json!([{"start": 4, "value": "LHR"}, {"start": 8, "value": "CDG"}])
        );
        assert_eq!(
            groups_of("string", "'ü'", 2),
            json!([{"children": [{}]}, {"start": 3, "value": "ü", "children": [{}]}])
        );
        assert_eq!(groups_of("int", "3", 0), json!([]));
    }
}
