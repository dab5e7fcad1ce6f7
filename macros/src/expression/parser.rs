//! The second stage: tokens as a tree.
//!
//! Accepts everything that can be written down; whether it makes sense (an empty optional, a
//! parameter inside an optional) is checked by `compile`.

use super::{Problem, Token, TokenKind, tokenize};

/// The kind of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NodeKind {
    Expression,
    Text,
    Optional,
    Alternation,
    Alternative,
    Parameter,
}

/// A node of the tree: text, or other nodes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) kind: NodeKind,
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// The text of a text node.
    pub(crate) text: Option<String>,
    /// The children of every other node.
    pub(crate) nodes: Vec<Node>,
}

/// Parses `expression`.
pub(crate) fn parse(expression: &str) -> Result<Node, Problem> {
    let tokens = tokenize(expression)?;
    let parser = Parser { expression, tokens: &tokens };
    let mut nodes = Vec::new();
    // The first token is the start of the line, the last its end.
    let mut at = 1;
    while parser.kind(at) != TokenKind::EndOfLine {
        let (node, next) = match parser.alternation(at)? {
            Some(found) => found,
            None => parser.element(at, Within::Expression)?,
        };
        nodes.push(node);
        at = next;
    }
    Ok(Node {
        kind: NodeKind::Expression,
        start: 0,
        end: expression.chars().count(),
        text: None,
        nodes,
    })
}

struct Parser<'a> {
    expression: &'a str,
    tokens: &'a [Token],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Expression,
    Optional,
}

/// A node with the index of the first token after it.
type Parsed = (Node, usize);

impl Parser<'_> {
    fn kind(&self, at: usize) -> TokenKind {
        self.tokens.get(at).map_or(TokenKind::EndOfLine, |t| t.kind)
    }

    /// Parses one optional, parameter or run of text.
    fn element(&self, at: usize, within: Within) -> Result<Parsed, Problem> {
        let token = &self.tokens[at];
        match token.kind {
            TokenKind::BeginOptional => self.optional(at),
            TokenKind::BeginParameter => self.parameter(at),
            TokenKind::Alternation if within == Within::Optional => Err(Problem::new(
                self.expression,
                token.start..token.end,
                "optional text cannot hold alternatives",
                r"write `\/` for a slash, or use `regex = …`",
            )),
            _ => Ok((text(token), at + 1)),
        }
    }

    /// Parses alternatives between slashes. They reach from a blank, a parameter or the start to a blank,
    /// a parameter or the end; `None` if there is no slash in between.
    fn alternation(&self, start: usize) -> Result<Option<Parsed>, Problem> {
        let opens = matches!(
            self.kind(start - 1),
            TokenKind::StartOfLine | TokenKind::WhiteSpace | TokenKind::EndParameter
        );
        if !opens {
            return Ok(None);
        }
        let mut at = start;
        let mut alternatives = vec![alternative(self.tokens[start].start)];
        loop {
            let token = &self.tokens[at];
            let last = alternatives.last_mut().expect("tokens start with StartOfLine");
            match token.kind {
                TokenKind::WhiteSpace | TokenKind::EndOfLine | TokenKind::BeginParameter => {
                    last.end = token.start;
                    break;
                }
                TokenKind::Alternation => {
                    last.end = token.start;
                    alternatives.push(alternative(token.end));
                    at += 1;
                }
                _ => {
                    let (node, next) = self.element(at, Within::Expression)?;
                    last.nodes.push(node);
                    at = next;
                }
            }
        }
        if alternatives.len() == 1 {
            return Ok(None);
        }
        let node = Node {
            kind: NodeKind::Alternation,
            start: self.tokens[start].start,
            end: self.tokens[at].start,
            text: None,
            nodes: alternatives,
        };
        Ok(Some((node, at)))
    }

    fn optional(&self, begin: usize) -> Result<Parsed, Problem> {
        let mut nodes = Vec::new();
        let mut at = begin + 1;
        loop {
            match self.kind(at) {
                TokenKind::EndOptional => break,
                TokenKind::EndOfLine => {
                    return Err(self.unclosed(
                        begin,
                        "this `(` has no `)`",
                        r"close the optional text, or write `\(` for a parenthesis",
                    ));
                }
                _ => {
                    let (node, next) = self.element(at, Within::Optional)?;
                    nodes.push(node);
                    at = next;
                }
            }
        }
        Ok((self.between(NodeKind::Optional, begin, at, nodes), at + 1))
    }

    fn parameter(&self, begin: usize) -> Result<Parsed, Problem> {
        let mut nodes = Vec::new();
        let mut at = begin + 1;
        loop {
            let token = &self.tokens[at];
            match token.kind {
                TokenKind::EndParameter => break,
                TokenKind::EndOfLine => {
                    return Err(self.unclosed(
                        begin,
                        "this `{` has no `}`",
                        r"close the parameter, or write `\{` for a brace",
                    ));
                }
                TokenKind::WhiteSpace | TokenKind::Text => nodes.push(text(token)),
                _ => {
                    return Err(Problem::new(
                        self.expression,
                        token.start..token.end,
                        format!("a parameter's name cannot hold `{}`", token.text),
                        "name a parameter type, as in `{int}`, or use `regex = …`",
                    ));
                }
            }
            at += 1;
        }
        Ok((self.between(NodeKind::Parameter, begin, at, nodes), at + 1))
    }

    fn between(&self, kind: NodeKind, begin: usize, end: usize, nodes: Vec<Node>) -> Node {
        let (start, end) = (self.tokens[begin].start, self.tokens[end].end);
        Node { kind, start, end, text: None, nodes }
    }

    fn unclosed(&self, begin: usize, message: &str, help: &str) -> Problem {
        let token = &self.tokens[begin];
        Problem::new(self.expression, token.start..token.end, message, help)
    }
}

fn text(token: &Token) -> Node {
    Node {
        kind: NodeKind::Text,
        start: token.start,
        end: token.end,
        text: Some(token.text.clone()),
        nodes: Vec::new(),
    }
}

fn alternative(start: usize) -> Node {
    Node { kind: NodeKind::Alternative, start, end: start, text: None, nodes: Vec::new() }
}
