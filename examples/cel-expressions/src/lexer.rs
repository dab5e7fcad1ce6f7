//! Text to tokens.

use crate::error::Error;

/// A token, and the offset of its first byte.
pub(crate) type Spanned = (usize, Token);

/// A part of an expression's text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Token {
    /// A number without a fraction; its sign is an operator.
    Int(u64),
    Uint(u64),
    Double(f64),
    Text(String),
    Bytes(Vec<u8>),
    /// A name or a keyword.
    Name(String),
    /// An operator or a bracket.
    Symbol(&'static str),
}

/// Longest first.
const SYMBOLS: [&str; 24] = [
    "&&", "||", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "%", "!", "?", ":", ".", ",",
    "(", ")", "[", "]", "{", "}",
];

/// Splits a text into tokens.
///
/// # Errors
/// [`Error::Syntax`] with the offset of the first byte that begins no token.
pub(crate) fn tokens(text: &str) -> Result<Vec<Spanned>, Error> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let (token, length) = if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        } else if first.is_ascii_digit() {
            number(rest)
        } else if let Some(quoted) = rest.strip_prefix('b').filter(|rest| is_quoted(rest)) {
            quoted_text(quoted)
                .map(|(characters, length)| (Token::Bytes(bytes_of(&characters)), length + 1))
        } else if is_quoted(rest) {
            quoted_text(rest).map(|(characters, length)| {
                let characters = characters.into_iter().filter_map(Character::into_char);
                (Token::Text(characters.collect()), length)
            })
        } else if is_name(first) {
            let length = rest.find(|c| !is_name(c) && !c.is_ascii_digit()).unwrap_or(rest.len());
            Some((Token::Name(rest[..length].to_owned()), length))
        } else {
            let symbol = SYMBOLS.into_iter().find(|symbol| rest.starts_with(symbol));
            symbol.map(|symbol| (Token::Symbol(symbol), symbol.len()))
        }
        .ok_or(Error::Syntax(at))?;
        tokens.push((at, token));
        at += length;
    }
    Ok(tokens)
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_'
}

fn is_quoted(text: &str) -> bool {
    text.starts_with(['\'', '"'])
}

/// Returns the number that `text` begins with, and its length.
fn number(text: &str) -> Option<(Token, usize)> {
    let digits = |from: usize| {
        let rest = &text[from..];
        from + rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len())
    };
    let whole = digits(0);
    let mut end = whole;
    if text[end..].starts_with('.') && digits(end + 1) > end + 1 {
        end = digits(end + 1);
    }
    if text[end..].starts_with(['e', 'E']) {
        let sign = end + 1 + usize::from(text[end + 1..].starts_with(['+', '-']));
        if digits(sign) > sign {
            end = digits(sign);
        }
    }
    if end > whole {
        return Some((Token::Double(text[..end].parse().ok()?), end));
    }
    let value = text[..end].parse().ok()?;
    match text[end..].starts_with(['u', 'U']) {
        true => Some((Token::Uint(value), end + 1)),
        false => Some((Token::Int(value), end)),
    }
}

/// A character of a quoted text.
enum Character {
    Plain(char),
    /// `\xff`: a character in a text, a byte in bytes.
    Number(u8),
}

impl Character {
    fn into_char(self) -> Option<char> {
        match self {
            Self::Plain(c) => Some(c),
            Self::Number(byte) => Some(byte.into()),
        }
    }
}

fn bytes_of(characters: &[Character]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for character in characters {
        match character {
            Character::Plain(c) => bytes.extend(c.encode_utf8(&mut [0; 4]).bytes()),
            Character::Number(byte) => bytes.push(*byte),
        }
    }
    bytes
}

/// Returns the characters of the quoted text that `text` begins with, and its length.
fn quoted_text(text: &str) -> Option<(Vec<Character>, usize)> {
    let quote = text.chars().next()?;
    let mut characters = Vec::new();
    let mut rest = text[1..].char_indices();
    while let Some((at, c)) = rest.next() {
        let character = match c {
            _ if c == quote => return Some((characters, 1 + at + 1)),
            '\\' => match rest.next()?.1 {
                'n' => Character::Plain('\n'),
                't' => Character::Plain('\t'),
                'r' => Character::Plain('\r'),
                'x' => {
                    let (high, low) = (rest.next()?.1.to_digit(16)?, rest.next()?.1.to_digit(16)?);
                    Character::Number(u8::try_from(16 * high + low).ok()?)
                }
                escaped @ ('\\' | '\'' | '"' | '`' | '?') => Character::Plain(escaped),
                _ => return None,
            },
            plain => Character::Plain(plain),
        };
        characters.push(character);
    }
    None
}
