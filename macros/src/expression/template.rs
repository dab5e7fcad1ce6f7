//! Templates: patterns as lists of elements that the runtime matches without a regex.
//!
//! Most patterns are text with a few values in between. Matching those with a regex engine costs memory
//! for every pattern and time for every step. Other patterns have no template.

use super::{Node, NodeKind};

/// One element of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Element {
    /// This text.
    Text(String),
    /// One of these texts, tried in order.
    OneOf { texts: Vec<String>, captured: bool },
    /// As many characters of a class as possible.
    Run { class: Class, min: u32, max: u32, captured: bool },
    /// The text of `{int}`.
    Int,
    /// The text of `{float}`.
    Float,
    /// The text of `{string}`, quotes included.
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
    /// `\S` of JavaScript.
    NotScriptSpace,
    /// `.`
    NotNewline,
}

/// An expression with more texts in one element has no template.
const MAX_TEXTS: usize = 16;

/// Returns the template of an expression; `None` if it has custom parameter types.
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

/// Appends text, joined with a preceding text.
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
        "word" => run(Class::NotScriptSpace, 1),
        "int" | "byte" | "short" | "long" | "biginteger" => Element::Int,
        "float" | "double" | "bigdecimal" => Element::Float,
        "string" => Element::Quoted,
        _ => return None,
    })
}

/// Returns all texts that optional text or alternatives match, in the order a regex tries them.
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
    (texts.len() <= MAX_TEXTS).then_some(texts)
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
    (all.len() <= MAX_TEXTS).then_some(all)
}
