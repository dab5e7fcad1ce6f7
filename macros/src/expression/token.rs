//! The first stage: an expression as a list of tokens with resolved escapes.

use super::Problem;

/// The kind of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    StartOfLine,
    EndOfLine,
    WhiteSpace,
    BeginOptional,
    EndOptional,
    BeginParameter,
    EndParameter,
    Alternation,
    Text,
}

/// A run of characters of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    /// Its characters, without the backslashes that escaped them.
    pub(crate) text: String,
    /// First character, backslashes included.
    pub(crate) start: usize,
    /// One past the last character.
    pub(crate) end: usize,
}

/// Splits `expression` into tokens, from a `StartOfLine` to an `EndOfLine`.
pub(crate) fn tokenize(expression: &str) -> Result<Vec<Token>, Problem> {
    let mut tokens = vec![empty(TokenKind::StartOfLine, 0)];
    let mut characters = expression.chars().enumerate();
    while let Some((start, character)) = characters.next() {
        let (kind, character, end) = if character == '\\' {
            let escaped = characters.next().ok_or_else(|| end_escaped(expression, start))?;
            if !can_be_escaped(escaped.1) {
                return Err(cannot_escape(expression, escaped.0));
            }
            (TokenKind::Text, escaped.1, escaped.0 + 1)
        } else {
            (kind_of(character), character, start + 1)
        };
        match tokens.last_mut() {
            Some(last) if last.kind == kind && grows(kind) => {
                last.text.push(character);
                last.end = end;
            }
            _ => tokens.push(Token { kind, text: character.to_string(), start, end }),
        }
    }
    tokens.push(empty(TokenKind::EndOfLine, expression.chars().count()));
    Ok(tokens)
}

fn empty(kind: TokenKind, at: usize) -> Token {
    Token { kind, text: String::new(), start: at, end: at }
}

fn grows(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::WhiteSpace | TokenKind::Text)
}

fn kind_of(character: char) -> TokenKind {
    match character {
        '(' => TokenKind::BeginOptional,
        ')' => TokenKind::EndOptional,
        '{' => TokenKind::BeginParameter,
        '}' => TokenKind::EndParameter,
        '/' => TokenKind::Alternation,
        // The official tokenizer takes a tab and the like for text.
        ' ' => TokenKind::WhiteSpace,
        _ => TokenKind::Text,
    }
}

fn can_be_escaped(character: char) -> bool {
    character == '\\' || kind_of(character) != TokenKind::Text
}

fn cannot_escape(expression: &str, at: usize) -> Problem {
    Problem::new(
        expression,
        at..at + 1,
        "this character cannot be escaped",
        r"a backslash goes before `{`, `}`, `(`, `)`, `/`, `\` or a blank; for a backslash itself write `\\`",
    )
}

fn end_escaped(expression: &str, at: usize) -> Problem {
    Problem::new(
        expression,
        at..at + 1,
        "nothing follows the backslash",
        r"for a backslash itself write `\\`",
    )
}
