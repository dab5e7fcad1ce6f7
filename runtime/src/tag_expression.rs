//! Tag expressions, as in every official Cucumber: `@fast and not (@slow or @wip)`.
//!
//! `not` binds tighter than `and`, `and` tighter than `or`. A backslash escapes a
//! parenthesis, a blank or a backslash inside a tag. An empty expression matches every scenario.

use std::fmt;

use crate::model::Tag;

/// A condition on the tags of a scenario.
///
/// ```
/// use harmony_bdd::tag_expression::TagExpression;
///
/// let expression: TagExpression = "@ring and not (@slow or @wip)".parse()?;
/// assert!(expression.eval(|tag| tag == "@ring"));
/// assert!(!expression.eval(|tag| tag == "@ring" || tag == "@wip"));
/// # Ok::<(), harmony_bdd::tag_expression::TagExpressionError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagExpression(Node);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Node {
    True,
    Tag(String),
    Not(Box<Node>),
    All(Vec<Node>),
    Any(Vec<Node>),
}

/// Maximum depth of parentheses, so that no expression exhausts the stack.
const MAX_DEPTH: usize = 100;

/// An invalid tag expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("tag expression {expression:?}: {problem}, at character {column}")]
pub struct TagExpressionError {
    expression: String,
    problem: String,
    /// Counted from 1.
    column: usize,
}

impl TagExpression {
    /// Evaluates the expression; `has` returns true for each tag, `@` included, of the scenario.
    pub fn eval(&self, has: impl Fn(&str) -> bool) -> bool {
        self.0.eval(&has)
    }

    /// Returns true if the expression matches these tags.
    pub fn matches(&self, tags: &[Tag]) -> bool {
        self.eval(|name| tags.iter().any(|tag| tag.name == name))
    }
}

impl std::str::FromStr for TagExpression {
    type Err = TagExpressionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let tokens = tokens(text).map_err(|e| e.in_expression(text))?;
        let mut parser = Parser { tokens: &tokens, end: text.chars().count() + 1, depth: 0 };
        if tokens.is_empty() {
            return Ok(Self(Node::True));
        }
        let node = parser.any().map_err(|e| e.in_expression(text))?;
        match parser.tokens.first() {
            None => Ok(Self(node)),
            Some(token) => {
                Err(parser.unexpected(token, "`and`, `or` or the end").in_expression(text))
            }
        }
    }
}

impl fmt::Display for TagExpression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Node {
    fn eval(&self, has: &dyn Fn(&str) -> bool) -> bool {
        match self {
            Self::True => true,
            Self::Tag(name) => has(name),
            Self::Not(inner) => !inner.eval(has),
            Self::All(parts) => parts.iter().all(|part| part.eval(has)),
            Self::Any(parts) => parts.iter().any(|part| part.eval(has)),
        }
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::True => Ok(()),
            Self::Tag(name) => name.chars().try_for_each(|c| {
                let escape = matches!(c, '(' | ')' | '\\') || c.is_whitespace();
                write!(f, "{}{c}", if escape { "\\" } else { "" })
            }),
            // An operator prints its own parentheses.
            Self::Not(inner) if matches!(**inner, Self::All(_) | Self::Any(_)) => {
                write!(f, "not {inner}")
            }
            Self::Not(inner) => write!(f, "not ( {inner} )"),
            Self::All(parts) => joined(f, parts, "and"),
            Self::Any(parts) => joined(f, parts, "or"),
        }
    }
}

fn joined(f: &mut fmt::Formatter<'_>, parts: &[Node], operator: &str) -> fmt::Result {
    for (index, part) in parts.iter().enumerate() {
        match index {
            0 => write!(f, "( {part}")?,
            _ => write!(f, " {operator} {part}")?,
        }
    }
    f.write_str(" )")
}

/// A problem and its character, counted from 1.
struct Problem(String, usize);

impl Problem {
    fn in_expression(self, expression: &str) -> TagExpressionError {
        TagExpressionError { expression: expression.to_owned(), problem: self.0, column: self.1 }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Word {
    Open,
    Close,
    And,
    Or,
    Not,
    Tag(String),
}

#[derive(Debug)]
struct Token {
    word: Word,
    column: usize,
}

fn tokens(text: &str) -> Result<Vec<Token>, Problem> {
    let mut tokens = Vec::new();
    let mut current: Option<(String, bool, usize)> = None;
    let mut characters = text.chars().zip(1..);
    while let Some((c, column)) = characters.next() {
        match c {
            '\\' => {
                let escaped = match characters.next() {
                    Some((c, _)) if matches!(c, '(' | ')' | '\\') || c.is_whitespace() => c,
                    Some((c, _)) => {
                        let problem = format!(
                            "a backslash cannot escape {c:?}, only `(`, `)`, `\\` or a blank"
                        );
                        return Err(Problem(problem, column));
                    }
                    None => {
                        return Err(Problem(
                            "a backslash at the end escapes nothing".to_owned(),
                            column,
                        ));
                    }
                };
                let (word, is_escaped, _) =
                    current.get_or_insert_with(|| (String::new(), true, column));
                word.push(escaped);
                *is_escaped = true;
            }
            '(' | ')' => {
                tokens.extend(current.take().map(finished));
                let word = if c == '(' { Word::Open } else { Word::Close };
                tokens.push(Token { word, column });
            }
            c if c.is_whitespace() => tokens.extend(current.take().map(finished)),
            c => current.get_or_insert_with(|| (String::new(), false, column)).0.push(c),
        }
    }
    tokens.extend(current.map(finished));
    Ok(tokens)
}

fn finished((word, is_escaped, column): (String, bool, usize)) -> Token {
    let word = match word.as_str() {
        "and" if !is_escaped => Word::And,
        "or" if !is_escaped => Word::Or,
        "not" if !is_escaped => Word::Not,
        _ => Word::Tag(word),
    };
    Token { word, column }
}

struct Parser<'t> {
    tokens: &'t [Token],
    /// The column after the last character.
    end: usize,
    /// Number of open parentheses.
    depth: usize,
}

impl<'t> Parser<'t> {
    fn any(&mut self) -> Result<Node, Problem> {
        let first = self.all()?;
        let mut parts = vec![first];
        while self.accept(&Word::Or) {
            parts.push(self.all()?);
        }
        Ok(single(parts, Node::Any))
    }

    fn all(&mut self) -> Result<Node, Problem> {
        let first = self.one()?;
        let mut parts = vec![first];
        while self.accept(&Word::And) {
            parts.push(self.one()?);
        }
        Ok(single(parts, Node::All))
    }

    fn one(&mut self) -> Result<Node, Problem> {
        let mut negations = 0_usize;
        while self.accept(&Word::Not) {
            negations += 1;
        }
        let mut node = self.operand()?;
        if negations % 2 == 1 {
            node = Node::Not(Box::new(node));
        }
        Ok(node)
    }

    fn operand(&mut self) -> Result<Node, Problem> {
        let expected = "a tag, `not` or `(`";
        let Some((token, rest)) = self.tokens.split_first() else {
            return Err(Problem(format!("it ends where {expected} should follow"), self.end));
        };
        match &token.word {
            // No scenario has such a tag: a tag in a feature file ends before the next `@`.
            Word::Tag(name) if name.starts_with('@') && name[1..].contains('@') => Err(Problem(
                format!("{name:?} is not one tag; write `{}`", separated(name)),
                token.column,
            )),
            Word::Tag(name) if name.starts_with('@') => {
                self.tokens = rest;
                Ok(Node::Tag(name.clone()))
            }
            Word::Tag(name) if negated(name).is_some() => Err(Problem(
                format!("{name:?} is not a tag; write `not {}`", negated(name).unwrap_or_default()),
                token.column,
            )),
            Word::Tag(name) => Err(Problem(
                format!("{name:?} is not a tag: a tag begins with `@`; write `@{name}`"),
                token.column,
            )),
            Word::Open => {
                self.tokens = rest;
                self.nested(token.column)
            }
            _ => Err(self.unexpected(token, expected)),
        }
    }

    fn nested(&mut self, opened: usize) -> Result<Node, Problem> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Problem(
                format!("more than {MAX_DEPTH} parentheses are open here"),
                opened,
            ));
        }
        let inner = self.any()?;
        self.depth -= 1;
        match self.tokens.split_first() {
            None => Err(Problem("this `(` is never closed".to_owned(), opened)),
            Some((Token { word: Word::Close, .. }, rest)) => {
                self.tokens = rest;
                Ok(inner)
            }
            Some((token, _)) => Err(self.unexpected(token, "`and`, `or` or `)`")),
        }
    }

    fn accept(&mut self, word: &Word) -> bool {
        match self.tokens.split_first() {
            Some((token, rest)) if token.word == *word => {
                self.tokens = rest;
                true
            }
            _ => false,
        }
    }

    fn unexpected(&self, token: &'t Token, expected: &str) -> Problem {
        let found = match &token.word {
            Word::Open => "`(`",
            Word::Close => "`)`",
            Word::And => "`and`",
            Word::Or => "`or`",
            Word::Not => "`not`",
            Word::Tag(name) => &format!("`{name}`"),
        };
        Problem(format!("found {found} where {expected} should follow"), token.column)
    }
}

fn single(mut parts: Vec<Node>, several: fn(Vec<Node>) -> Node) -> Node {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        last => {
            parts.extend(last);
            several(parts)
        }
    }
}

/// Returns the tag after the sign by which other tools exclude it.
fn negated(text: &str) -> Option<&str> {
    text.strip_prefix(['~', '!', '-']).filter(|tag| tag.starts_with('@'))
}

/// Returns tags that are written without a blank between them as an expression. Other tools select one of a
/// list with commas.
fn separated(tags: &str) -> String {
    let separator = if tags.contains(',') { "or" } else { "and" };
    let tags = tags.split_inclusive('@').map(|part| match part.strip_suffix('@') {
        None | Some("") => part.to_owned(),
        Some(tag) if tag.ends_with(['~', '!', '-']) => {
            format!("{} {separator} not @", tag[..tag.len() - 1].trim_end_matches(','))
        }
        Some(tag) => format!("{} {separator} @", tag.trim_end_matches(',')),
    });
    tags.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn eval(expression: &str, tags: &[&str]) -> bool {
        expression.parse::<TagExpression>().unwrap().eval(|tag| tags.contains(&tag))
    }

    fn problem(expression: &str) -> String {
        expression.parse::<TagExpression>().unwrap_err().to_string()
    }

    #[test]
    fn precedence_is_not_and_or() {
        assert!(eval("@a or @b and @c", &["@a"]));
        assert!(!eval("( @a or @b ) and @c", &["@a"]));
        assert!(eval("not @a and @b", &["@b"]));
        assert!(!eval("not(@a or @b)", &["@b"]));
        assert!(eval("not not @a", &["@a"]));
        assert!(eval("", &[]));
    }

    #[test]
    fn backslash_escapes() {
        assert!(eval(r"@a\(1\)", &["@a(1)"]));
        assert!(eval(r"@a\ b and @c\\d", &["@a b", r"@c\d"]));
        assert_eq!(
            r"@a\(1\) and not @b".parse::<TagExpression>().unwrap().to_string(),
            r"( @a\(1\) and not ( @b ) )"
        );
    }

    #[test]
    fn error_names_its_character() {
        for (expression, parts) in [
            ("@a @b", ["found `@b`", "character 4"]),
            ("@a and", ["ends where a tag", "character 7"]),
            ("(@a or @b", ["never closed", "character 1"]),
            ("@a )", ["found `)`", "character 4"]),
            ("and @a", ["found `and`", "character 1"]),
            ("@a and slow", ["write `@slow`", "character 8"]),
            ("@a and ~@slow", ["write `not @slow`", "character 8"]),
            ("!@slow", ["write `not @slow`", "character 1"]),
            ("@a,@b", ["write `@a or @b`", "character 1"]),
            ("not @a,~@b", ["write `@a or not @b`", "character 5"]),
            ("@a@b", ["write `@a and @b`", "character 1"]),
            (r"@a\b", ["backslash", "character 3"]),
            (r"@a\", ["backslash at the end", "character 3"]),
            (&"(".repeat(10_000), ["more than 100 parentheses", "character 101"]),
        ] {
            let problem = problem(expression);
            for part in parts {
                assert!(problem.contains(part), "{part:?} is missing in: {problem}");
            }
        }
    }
}
