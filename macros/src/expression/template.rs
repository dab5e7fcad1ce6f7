//! A pattern as a row of elements that the runtime matches without a regex.
//!
//! Most patterns are text with a few values in between; matching those by a regex engine costs
//! memory for every pattern and time for every step. What is more than that has no template.

use super::{Node, NodeKind};

/// One element of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Element {
    /// Just this text.
    Text(String),
    /// One of these texts, tried in order.
    OneOf { texts: Vec<String>, captured: bool },
    /// As many characters of a class as possible.
    Run { class: Class, min: u32, max: u32, captured: bool },
    /// What `{int}` captures.
    Int,
    /// What `{float}` captures.
    Float,
    /// What `{string}` captures, quotes included.
    Quoted,
}

/// A set of characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Class {
    /// From the first to the last of each range.
    Ranges(Vec<(char, char)>),
    /// `\d`
    Digit,
    /// `\w`
    Word,
    /// `\s`
    Space,
    /// `\S`
    NotSpace,
    /// `.`
    NotNewline,
}

/// More texts than this are left to a regex.
const MOST_TEXTS: usize = 16;

/// The template of an expression; `None` where a custom parameter type has a regex of its own.
pub(super) fn template(tree: &Node) -> Option<Vec<Element>> {
    let mut elements = Vec::new();
    for node in &tree.nodes {
        match node.kind {
            NodeKind::Text => push_text(&mut elements, node.text.as_deref()?),
            NodeKind::Parameter => {
                let name: String = node.nodes.iter().filter_map(|n| n.text.as_deref()).collect();
                elements.push(parameter(&name)?);
            }
            _ => elements.push(Element::OneOf { texts: texts(node)?, captured: false }),
        }
    }
    Some(elements)
}

/// Appends text, to the text before if there is some.
pub(crate) fn push_text(elements: &mut Vec<Element>, text: &str) {
    match elements.last_mut() {
        Some(Element::Text(last)) => last.push_str(text),
        _ => elements.push(Element::Text(text.to_owned())),
    }
}

fn parameter(name: &str) -> Option<Element> {
    let run = |class, min| Element::Run { class, min, max: u32::MAX, captured: true };
    Some(match name {
        "" => run(Class::NotNewline, 0),
        "word" => run(Class::NotSpace, 1),
        "int" | "byte" | "short" | "long" | "biginteger" => Element::Int,
        "float" | "double" | "bigdecimal" => Element::Float,
        "string" => Element::Quoted,
        _ => return None,
    })
}

/// All texts that optional text or alternatives stand for, in the order a regex tries them.
fn texts(node: &Node) -> Option<Vec<String>> {
    let texts = match node.kind {
        NodeKind::Text => vec![node.text.clone()?],
        NodeKind::Optional => {
            let mut texts = joined(&node.nodes)?;
            texts.push(String::new());
            texts
        }
        NodeKind::Alternation => {
            let mut texts = Vec::new();
            for alternative in &node.nodes {
                texts.extend(joined(&alternative.nodes)?);
            }
            texts
        }
        _ => return None,
    };
    (texts.len() <= MOST_TEXTS).then_some(texts)
}

fn joined(nodes: &[Node]) -> Option<Vec<String>> {
    let mut all = vec![String::new()];
    for node in nodes {
        let ends = texts(node)?;
        all = all
            .iter()
            .flat_map(|start| ends.iter().map(move |end| format!("{start}{end}")))
            .collect();
    }
    (all.len() <= MOST_TEXTS).then_some(all)
}
