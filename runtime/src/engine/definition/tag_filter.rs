//! Tag filters of attributes, in reverse Polish notation.

/// One token of a tag filter in reverse Polish notation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TagToken {
    /// True if the scenario has the tag; the name includes its `@`.
    Tag(&'static str),
    /// Negates the last value.
    Not,
    /// True if the last two values are both true.
    And,
    /// True if at least one of the last two values is true.
    Or,
}

/// Returns whether a filter accepts these tags; an empty one accepts all.
pub(super) fn accepts<'a>(
    filter: &[TagToken],
    tags: impl Iterator<Item = &'a str> + Clone,
) -> bool {
    let mut values = Vec::new();
    for term in filter {
        let value = match term {
            TagToken::Tag(name) => tags.clone().any(|tag| tag == *name),
            TagToken::Not => !values.pop().unwrap_or(true),
            TagToken::And | TagToken::Or => {
                let (right, left) = (values.pop().unwrap_or(true), values.pop().unwrap_or(true));
                if *term == TagToken::And { left && right } else { left || right }
            }
        };
        values.push(value);
    }
    values.pop().unwrap_or(true)
}

/// Returns a filter as a tag expression; `None` for an empty one.
pub(super) fn expression(filter: &[TagToken]) -> Option<String> {
    // Each part with its precedence: 1 for `or`, 2 for `and`, 3 for everything else.
    let mut parts: Vec<(u8, String)> = Vec::new();
    for term in filter {
        let part = match term {
            TagToken::Tag(name) => (3, (*name).to_owned()),
            TagToken::Not => (3, format!("not {}", enclosed(parts.pop(), 3))),
            TagToken::And | TagToken::Or => {
                let (word, precedence) =
                    if *term == TagToken::And { ("and", 2) } else { ("or", 1) };
                let right = enclosed(parts.pop(), precedence);
                (precedence, format!("{} {word} {right}", enclosed(parts.pop(), precedence)))
            }
        };
        parts.push(part);
    }
    parts.pop().map(|(_, text)| text)
}

/// Formats a part of a tag expression, in parentheses if its precedence is lower than `precedence`.
fn enclosed(part: Option<(u8, String)>, precedence: u8) -> String {
    match part {
        Some((own, text)) if own < precedence => format!("({text})"),
        part => part.map_or_else(String::new, |(_, text)| text),
    }
}
