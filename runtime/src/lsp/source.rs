//! The source of a definition: its function, docs and attribute, found by their text.
//!
//! The file may have changed since the build, so a line is only where the search begins.

use std::ops::Range;

use crate::engine::StepDefinition;

/// The place and text of a definition's function.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct FunctionSource {
    /// The bytes of the name.
    pub(super) name: Range<usize>,
    /// The bytes from the first attribute or doc comment to the end of the signature.
    pub(super) head: Range<usize>,
    /// The doc comment, without its markers.
    pub(super) docs: String,
    /// The text from the first word of the function to its body.
    pub(super) signature: String,
}

/// A string in source text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Literal {
    /// The bytes, with the quotes.
    pub(super) range: Range<usize>,
    /// The number of `#` around a raw string; `None` for one with escapes.
    pub(super) raw: Option<usize>,
}

/// Finds the function of a definition in the text of its file: the nearest one of its name.
pub(super) fn find_function(text: &str, definition: &StepDefinition) -> Option<FunctionSource> {
    find_named(text, definition.function, definition.at.line as usize)
}

/// Finds the string of a definition's pattern among the attributes of its function.
pub(super) fn find_pattern(text: &str, definition: &StepDefinition) -> Option<Literal> {
    let head = find_function(text, definition)?.head;
    let is_it = |literal: &Literal| value(text, literal) == definition.pattern.source;
    literals(text, head).into_iter().find(is_it)
}

/// Returns `value` as a string of the same style as `literal`.
pub(super) fn quoted_like(literal: &Literal, value: &str) -> String {
    match literal.raw {
        Some(count) if !value.contains(&format!("\"{}", "#".repeat(count))) => {
            let hashes = "#".repeat(count);
            format!("r{hashes}\"{value}\"{hashes}")
        }
        _ => format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")),
    }
}

fn find_named(text: &str, name: &str, near: usize) -> Option<FunctionSource> {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let mut best: Option<(usize, usize)> = None;
    for (at, _) in text.match_indices(name) {
        let before = text[..at].trim_end();
        let after = text[at + name.len()..].chars().next();
        if !before.ends_with("fn") || after.is_some_and(is_name) || before.len() == at {
            continue;
        }
        let distance = (text[..at].matches('\n').count() + 1).abs_diff(near);
        if best.is_none_or(|(known, _)| distance < known) {
            best = Some((distance, at));
        }
    }
    let (_, at) = best?;
    let line = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let body = text[at..].find(['{', ';']).map_or(text.len(), |offset| at + offset);
    let start = head_start(text, line);
    let docs = text[start..line].lines().filter_map(|line| line.trim().strip_prefix("///"));
    let docs: Vec<_> = docs.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    Some(FunctionSource {
        name: at..at + name.len(),
        head: start..body,
        docs: docs.join("\n"),
        signature: text[line..body].split_whitespace().collect::<Vec<_>>().join(" "),
    })
}

/// Returns the start of the attributes and comments directly above a line.
fn head_start(text: &str, line: usize) -> usize {
    let mut start = line;
    while start > 0 {
        let above = text[..start - 1].rfind('\n').map_or(0, |newline| newline + 1);
        let content = text[above..start].trim();
        let is_other_item = content.ends_with(['}', ';', '{']) && !content.starts_with("//");
        if content.is_empty() || is_other_item {
            break;
        }
        start = above;
    }
    start
}

/// Returns the strings in a range of source text, without those in comments.
fn literals(text: &str, range: Range<usize>) -> Vec<Literal> {
    let mut found = Vec::new();
    let bytes = text.as_bytes();
    let mut at = range.start;
    while at < range.end {
        match bytes[at] {
            b'/' if bytes.get(at + 1) == Some(&b'/') => {
                at = text[at..].find('\n').map_or(range.end, |newline| at + newline);
            }
            b'"' => {
                let raw = raw_start(text, at);
                let (start, hashes) = raw.map_or((at, None), |(start, n)| (start, Some(n)));
                let Some(end) = literal_end(text, at, hashes) else { break };
                found.push(Literal { range: start..end, raw: hashes });
                at = end;
            }
            _ => at += 1,
        }
    }
    found
}

/// Returns the start and the number of `#` of the raw string whose quote is at `quote`.
fn raw_start(text: &str, quote: usize) -> Option<(usize, usize)> {
    let before = text[..quote].trim_end_matches('#');
    let start = before.strip_suffix('r')?.len();
    Some((start, quote - before.len()))
}

fn literal_end(text: &str, quote: usize, raw: Option<usize>) -> Option<usize> {
    let content = quote + 1;
    if let Some(hashes) = raw {
        let close = format!("\"{}", "#".repeat(hashes));
        return Some(content + text[content..].find(&close)? + close.len());
    }
    let mut characters = text[content..].char_indices();
    while let Some((offset, c)) = characters.next() {
        match c {
            '\\' => drop(characters.next()),
            '"' => return Some(content + offset + 1),
            _ => {}
        }
    }
    None
}

/// Returns the value of a string, with the escapes that occur in step texts resolved.
fn value(text: &str, literal: &Literal) -> String {
    let text = &text[literal.range.clone()];
    if let Some(hashes) = literal.raw {
        return text[hashes + 2..text.len() - hashes - 1].to_owned();
    }
    let mut value = String::new();
    let mut characters = text[1..text.len() - 1].chars();
    while let Some(c) = characters.next() {
        value.extend(match c {
            '\\' => characters.next().map(|escaped| match escaped {
                'n' => '\n',
                't' => '\t',
                other => other,
            }),
            c => Some(c),
        });
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
use harmony_bdd::given;

fn put() {}

/// Puts fruit into the basket.
///
/// Twice.
#[given(expr = r#\"I \"put\" {int}\"#)]
// \"not this\"
#[when(\"I \\\"put\\\" it\")]
pub async fn put(
    basket: &mut Basket,
) -> Result<(), Error> {
    fn puts() {}
}
";

    #[test]
    fn nearest_function_has_docs_and_signature() {
        let found = find_named(TEXT, "put", 8).unwrap();
        assert_eq!(found.docs, "Puts fruit into the basket.\n\nTwice.");
        assert_eq!(
            found.signature,
            "pub async fn put( basket: &mut Basket, ) -> Result<(), Error>"
        );
        assert!(TEXT[found.head].starts_with("/// Puts"));
        assert_eq!(find_named(TEXT, "put", 1).unwrap().signature, "fn put()");
        assert_eq!(find_named(TEXT, "absent", 1), None);
    }

    #[test]
    fn strings_are_read_and_written_in_their_style() {
        let head = find_named(TEXT, "put", 8).unwrap().head;
        let found = literals(TEXT, head);
        let values: Vec<_> = found.iter().map(|literal| value(TEXT, literal)).collect();
        assert_eq!(values, ["I \"put\" {int}", "I \"put\" it"]);
        assert_eq!(quoted_like(&found[0], "a \"b\""), "r#\"a \"b\"\"#");
        assert_eq!(quoted_like(&found[1], "a \"b\""), "\"a \\\"b\\\"\"");
    }
}
