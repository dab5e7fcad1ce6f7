//! The last stage: from the tree to regex text, with one capture group per parameter.

use std::ops::Range;

use super::template::{Element, template};
use super::{Node, NodeKind, Problem, parse};

/// A compiled expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Compiled {
    /// The pieces of the regex, in order and without anchors.
    pub(crate) pieces: Vec<Piece>,
    /// The parameters, in order; each is one capture group.
    pub(crate) parameters: Vec<Parameter>,
    /// The fixed texts of every match, in order: the beginning, the parts between, the end. The first
    /// and the last may be empty.
    pub(crate) literals: Vec<String>,
    /// The same as a template, if it has one.
    pub(crate) template: Option<Vec<Element>>,
}

/// A stretch of the regex.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Regex text.
    Text(String),
    /// The capture group of the custom parameter with this index among all parameters.
    Custom(usize),
}

/// A parameter of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parameter {
    /// The name between the braces; empty for `{}`.
    pub(crate) name: String,
    /// True if the captured text is in quotes that are not part of the value.
    pub(crate) quoted: bool,
    /// True if the name is not built in.
    pub(crate) custom: bool,
    /// Its characters in the expression, braces included.
    pub(crate) span: Range<usize>,
}

/// The names of built-in parameter types, without `{}`.
pub(crate) const BUILT_IN: [&str; 10] = [
    "int",
    "float",
    "word",
    "string",
    "double",
    "bigdecimal",
    "byte",
    "short",
    "long",
    "biginteger",
];

/// Returns the built-in parameter type that was probably meant by another name.
pub(crate) fn similar_built_in(name: &str) -> Option<&'static str> {
    let lower = name.to_lowercase();
    if let Some(known) = BUILT_IN.into_iter().find(|known| *known == lower) {
        return Some(known);
    }
    Some(match lower.as_str() {
        "i8" | "i16" | "i32" | "i64" | "i128" | "isize" | "u8" | "u16" | "u32" | "u64" | "u128"
        | "usize" | "integer" | "num" | "number" | "ints" => "int",
        "f32" | "f64" | "decimal" | "floats" => "float",
        "str" | "strings" | "text" => "string",
        "words" => "word",
        _ => return None,
    })
}

/// With a redundant alternative, as in the official expansion. In the official implementations `\d` is an
/// ASCII digit; a digit of another script could not be converted to a number.
const INTEGER: &str = r"(?:-?[0-9]+)|(?:[0-9]+)";
const DECIMAL: &str = r"[-+]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:E[-+]?[0-9]+)?";
/// `\s` of JavaScript includes the byte order mark and excludes the control character NEL.
const WORD: &str = r"[^[\s\u{FEFF}]--\u{85}]+";
const STRING: &str = r#""[^"\\]*(?:\\.[^"\\]*)*"|'[^'\\]*(?:\\.[^'\\]*)*'"#;

/// Compiles `expression`.
pub(crate) fn compile(expression: &str) -> Result<Compiled, Problem> {
    let tree = parse(expression)?;
    let mut writer = Writer { expression, pieces: Vec::new(), parameters: Vec::new() };
    writer.all(&tree.nodes)?;
    let Writer { pieces, parameters, .. } = writer;
    Ok(Compiled { pieces, parameters, literals: literals(&tree), template: template(&tree) })
}

fn literals(tree: &Node) -> Vec<String> {
    let mut literals = vec![String::new()];
    for node in &tree.nodes {
        match (&node.text, literals.last_mut()) {
            (Some(text), Some(last)) => last.push_str(text),
            _ => literals.push(String::new()),
        }
    }
    literals
}

struct Writer<'a> {
    expression: &'a str,
    pieces: Vec<Piece>,
    parameters: Vec<Parameter>,
}

impl Writer<'_> {
    fn all(&mut self, nodes: &[Node]) -> Result<(), Problem> {
        nodes.iter().try_for_each(|node| self.node(node))
    }

    fn node(&mut self, node: &Node) -> Result<(), Problem> {
        match node.kind {
            NodeKind::Text => self.push(&escape(node.text.as_deref().unwrap_or_default())),
            NodeKind::Optional => self.optional(node)?,
            NodeKind::Alternation => self.alternation(node)?,
            NodeKind::Parameter => self.parameter(node),
            NodeKind::Expression | NodeKind::Alternative => self.all(&node.nodes)?,
        }
        Ok(())
    }

    fn optional(&mut self, node: &Node) -> Result<(), Problem> {
        if let Some(inner) = first(node, NodeKind::Parameter) {
            return Err(self.problem(
                inner,
                "optional text cannot hold a parameter",
                r"write `\{` for a brace, or use `regex = …` with an `Option` parameter",
            ));
        }
        if let Some(inner) = first(node, NodeKind::Optional) {
            return Err(self.problem(
                inner,
                "optional text cannot hold other optional text",
                r"write `\(` for a parenthesis, or use `regex = …`",
            ));
        }
        if first(node, NodeKind::Text).is_none() {
            return Err(self.problem(
                node,
                "optional text cannot be empty",
                r"put the text between the parentheses, or write `\(` for a parenthesis",
            ));
        }
        self.push("(?:");
        self.all(&node.nodes)?;
        self.push(")?");
        Ok(())
    }

    fn alternation(&mut self, node: &Node) -> Result<(), Problem> {
        for alternative in &node.nodes {
            if alternative.nodes.is_empty() {
                return Err(self.problem(
                    alternative,
                    "an alternative cannot be empty",
                    r"write text on both sides of the `/`, or `\/` for a slash",
                ));
            }
            if first(alternative, NodeKind::Text).is_none() {
                return Err(self.problem(
                    alternative,
                    "an alternative cannot be optional text alone",
                    r"add text outside the parentheses, or write `\(` for a parenthesis",
                ));
            }
        }
        for (index, alternative) in node.nodes.iter().enumerate() {
            self.push(if index == 0 { "(?:" } else { "|" });
            self.node(alternative)?;
        }
        self.push(")");
        Ok(())
    }

    fn parameter(&mut self, node: &Node) {
        let name: String = node.nodes.iter().filter_map(|n| n.text.as_deref()).collect();
        let regex = built_in(&name);
        match regex {
            Some(regex) => self.push(&format!("({regex})")),
            None => self.pieces.push(Piece::Custom(self.parameters.len())),
        }
        let span = node.start..node.end;
        self.parameters.push(Parameter {
            quoted: name == "string",
            custom: regex.is_none(),
            name,
            span,
        });
    }

    fn push(&mut self, text: &str) {
        match self.pieces.last_mut() {
            Some(Piece::Text(last)) => last.push_str(text),
            _ => self.pieces.push(Piece::Text(text.to_owned())),
        }
    }

    fn problem(&self, node: &Node, message: &str, help: &str) -> Problem {
        Problem::new(self.expression, node.start..node.end, message, help)
    }
}

fn built_in(name: &str) -> Option<&'static str> {
    Some(match name {
        "" => ".*",
        "int" | "byte" | "short" | "long" | "biginteger" => INTEGER,
        "float" | "double" | "bigdecimal" => DECIMAL,
        "word" => WORD,
        "string" => STRING,
        _ => return None,
    })
}

fn first(node: &Node, kind: NodeKind) -> Option<&Node> {
    node.nodes.iter().find(|n| n.kind == kind)
}

/// Returns a regex that matches only this text.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if r"\^$.|?*+()[]{}".contains(character) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}
