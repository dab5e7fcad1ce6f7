//! What a capture holds, group by group: the parts that the regex of its parameter type captures.

use regex::{Captures, Regex};
use serde_json::{Value, json};

use crate::json::array;

/// The regex of `{string}` in every official Cucumber, whose groups readers know.
const STRING: &str = r#""([^"\\]*(\\.[^"\\]*)*)"|'([^'\\]*(\\.[^'\\]*)*)'"#;

/// The groups of parameter types; of those of one name the last counts.
#[derive(Debug)]
pub(super) struct Groups(Vec<Tree>);

#[derive(Debug)]
struct Tree {
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
        groups.add("string", STRING);
        groups
    }

    /// Learns of a parameter type. What is no regex has no parts; its declaration does not work either.
    pub(super) fn add(&mut self, name: &str, source: &str) {
        let groups = nested(source);
        if !groups.is_empty()
            && let Ok(regex) = Regex::new(&format!("^(?:{source})$"))
        {
            self.0.push(Tree { name: name.to_owned(), regex, groups });
        }
    }

    /// The parts of `value`, a capture of the parameter type that stands at `start`, counted as
    /// JavaScript counts.
    pub(super) fn of(&self, name: &str, value: &str, start: usize) -> Option<Value> {
        let tree = self.0.iter().rfind(|tree| tree.name == name)?;
        let captures = tree.regex.captures(value)?;
        Some(array(&tree.groups, |group| told(group, &captures, value, start)))
    }
}

fn told(group: &Group, captures: &Captures<'_>, whole: &str, start: usize) -> Value {
    let mut told = json!({});
    if let Some(part) = captures.get(group.number) {
        let before = &whole[..part.start()];
        told["start"] = json!(start + before.encode_utf16().count());
        told["value"] = json!(part.as_str());
    }
    if !group.inside.is_empty() {
        let inside = |inner: &Group| self::told(inner, captures, whole, start);
        told["children"] = array(&group.inside, inside);
    }
    told
}

/// The capture groups of a regex.
fn nested(source: &str) -> Vec<Group> {
    // The groups that are open, innermost last; `None` for one that captures nothing.
    let mut open: Vec<Option<Group>> = Vec::new();
    let mut done = Vec::new();
    let (mut number, mut classes) = (0, 0_usize);
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        rest = &rest[first.len_utf8()..];
        match first {
            '\\' => rest = rest.chars().next().map_or("", |escaped| &rest[escaped.len_utf8()..]),
            '[' => {
                classes += 1;
                // A bracket that comes first stands for itself.
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
    use super::*;

    #[test]
    fn groups_are_nested_as_their_parentheses() {
        let group = |number, inside| Group { number, inside };
        assert_eq!(nested(r"\d+[()]\((?:x)"), []);
        assert_eq!(nested("([^])(]{3})-(?<to>b)"), [group(1, vec![]), group(2, vec![])]);
        assert_eq!(nested("(?:(a(b)))(c)"), [group(1, vec![group(2, vec![])]), group(3, vec![])]);
    }

    #[test]
    fn parts_stand_where_they_were_captured() {
        let mut groups = Groups::new();
        groups.add("flight", "([A-Z]{3})-([A-Z]{3})");
        let parts = groups.of("flight", "LHR-CDG", 4).unwrap();
        assert_eq!(parts, json!([{"start": 4, "value": "LHR"}, {"start": 8, "value": "CDG"}]));
        let parts = groups.of("string", "'ü'", 2).unwrap();
        assert_eq!(
            parts,
            json!([{"children": [{}]}, {"start": 3, "value": "ü", "children": [{}]}])
        );
        assert_eq!(groups.of("int", "3", 0), None);
    }
}
