//! Finds out whether an attribute is inside an `impl` or a `trait`.
//!
//! The compiler passes an attribute the function below it and nothing else, and inside an `impl` the
//! registration would be two errors about code that the user did not write. So this module reads the
//! braces of the source file around the attribute. If the file cannot be read, the compiler reports its
//! own errors.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use proc_macro2::Span;
use syn::Error;

/// Returns the error for `#[attribute]` if the attribute under expansion is inside an `impl` or a `trait`.
pub(crate) fn error_in_impl(attribute: &str) -> Option<Error> {
    is_in_impl().unwrap_or(false).then(|| {
        Error::new(
            Span::call_site(),
            format!(
                "`#[{attribute}]` goes on a function outside an `impl`\n\
                 help: move the function out of the `impl`, and take state as a parameter, as in `state: &mut State`"
            ),
        )
    })
}

fn is_in_impl() -> Option<bool> {
    if !proc_macro::is_available() {
        return None;
    }
    let span = Span::call_site().unwrap();
    // Nearly all attributes are at the start of a line, and cost nothing here.
    if span.column() == 1 {
        return None;
    }
    let path = span.local_file()?;
    let text = std::fs::read_to_string(&path).ok()?;
    let line = text.split_inclusive('\n').take(span.line() - 1).map(str::len).sum::<usize>();
    let column = text[line..].char_indices().nth(span.column() - 1)?.0;
    let offset = line + column;
    // In an expansion of `macro_rules!` this may be another place.
    if !text[offset..].starts_with("#[") {
        return None;
    }
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    if last.as_ref().is_none_or(|last| last.path != path || last.text != text) {
        let changes = changes(&text);
        *last = Some(Scanned { path, text, changes });
    }
    let changes = &last.as_ref()?.changes;
    let before = changes.partition_point(|(at, _)| *at < offset);
    Some(before > 0 && changes[before - 1].1)
}

/// The file that was scanned last: the attributes of a file are expanded one after the other.
static LAST: Mutex<Option<Scanned>> = Mutex::new(None);

struct Scanned {
    path: PathBuf,
    text: String,
    changes: Vec<(usize, bool)>,
}

/// Returns the offset of every brace, each with whether what follows is directly inside an `impl` or a
/// `trait`.
fn changes(text: &str) -> Vec<(usize, bool)> {
    let mut changes = Vec::new();
    let mut scanner = Scanner::default();
    let mut at = 0;
    while let Some(character) = text[at..].chars().next() {
        let length = skipped(&text[at..]);
        if length > 0 {
            at += length;
            continue;
        }
        if character.is_alphabetic() || character == '_' {
            let word: &str = word_at(&text[at..]);
            scanner.word(word);
            at += word.len();
            continue;
        }
        if scanner.punctuation(character) {
            changes.push((at, scanner.is_impl()));
        }
        at += character.len_utf8();
    }
    changes
}

/// The open braces, and the beginning of the item under way.
#[derive(Default)]
struct Scanner {
    /// For each open brace whether it is that of an `impl` or a `trait`, and the brackets open before it.
    open: Vec<(bool, usize)>,
    /// The first word of the item that says what it is.
    kind: Option<bool>,
    /// The number of open parentheses and brackets since the last brace.
    brackets: usize,
}

impl Scanner {
    fn is_impl(&self) -> bool {
        self.open.last().is_some_and(|(is_impl, _)| *is_impl)
    }

    fn word(&mut self, word: &str) {
        // In brackets are attributes and the module of a `pub(in …)`.
        let says_nothing = matches!(word, "pub" | "unsafe" | "default" | "auto" | "const");
        if self.brackets == 0 && self.kind.is_none() && !says_nothing {
            self.kind = Some(matches!(word, "impl" | "trait"));
        }
    }

    /// Returns true for a brace.
    fn punctuation(&mut self, character: char) -> bool {
        match character {
            '(' | '[' => self.brackets += 1,
            ')' | ']' => self.brackets = self.brackets.saturating_sub(1),
            ';' if self.brackets == 0 => self.kind = None,
            '{' => {
                self.open.push((self.kind.take().unwrap_or(false), self.brackets));
                self.brackets = 0;
                return true;
            }
            '}' => {
                self.brackets = self.open.pop().map_or(0, |(_, brackets)| brackets);
                self.kind = None;
                return true;
            }
            _ => {}
        }
        false
    }
}

fn word_at(text: &str) -> &str {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    &text[..text.find(|c| !is_part(c)).unwrap_or(text.len())]
}

/// Returns the length of the comment, the string or the character at the start of `text`; 0 for none.
fn skipped(text: &str) -> usize {
    let end_after =
        |found: Option<usize>, length: usize| found.map_or(text.len(), |at| at + length);
    if text.starts_with("//") {
        return end_after(text.find('\n'), 1);
    }
    if text.starts_with("/*") {
        return block_comment(text);
    }
    let prefix = ["br", "cr", "b", "c", "r"].iter().find(|prefix| {
        text.strip_prefix(**prefix).is_some_and(|rest| rest.starts_with(['"', '#', '\'']))
    });
    let prefix = prefix.map_or(0, |prefix| prefix.len());
    let rest = &text[prefix..];
    if text[..prefix].ends_with('r') {
        let hashes = rest.len() - rest.trim_start_matches('#').len();
        if rest[hashes..].starts_with('"') {
            let end = format!("\"{}", "#".repeat(hashes));
            let content = prefix + hashes + 1;
            return end_after(text[content..].find(&end), content + end.len());
        }
        return 0;
    }
    match rest.chars().next() {
        Some('"') => prefix + quoted(rest, '"'),
        Some('\'') => match rest[1..].chars().next() {
            Some('\\') => prefix + quoted(rest, '\''),
            // Without a quote behind it, it is a lifetime.
            Some(c) if rest[1 + c.len_utf8()..].starts_with('\'') => prefix + c.len_utf8() + 2,
            _ => 0,
        },
        _ => 0,
    }
}

fn quoted(text: &str, quote: char) -> usize {
    let mut characters = text.char_indices().skip(1);
    while let Some((at, character)) = characters.next() {
        if character == '\\' {
            characters.next();
        } else if character == quote {
            return at + 1;
        }
    }
    text.len()
}

fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < text.len() {
        if text[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns whether the `@` is directly inside an `impl` or a `trait`.
    fn in_impl(text: &str) -> bool {
        let at = text.find('@').expect("a mark");
        let changes = changes(text);
        let before = changes.partition_point(|(brace, _)| *brace < at);
        before > 0 && changes[before - 1].1
    }

    #[test]
    fn functions_of_an_impl_or_a_trait_are_found() {
        for text in [
            "impl S { @ }",
            "struct S; #[cfg(all(test))] default impl<'a> T<'a> for S where S: Fn() -> [u8; 4] { fn f() { {} } @ }",
            "mod m { pub(in crate::x) trait T: A + B { const X: u8 = { 1 }; @ } }",
            "const S: &str = \"}\\\"\"; const C: char = '}'; const R: &str = r#\"}\"}\"#; impl S { /* } /* */ */ // }\n @ }",
            "impl S { fn f(a: [u8; { 3 }]) {} fn c() -> char { '\\'' } @ }",
        ] {
            assert!(in_impl(text), "{text}");
        }
    }

    #[test]
    fn other_functions_are_outside() {
        for text in [
            "@",
            "mod m { @ }",
            "impl S {} @",
            "fn f() -> impl Iterator<Item = u8> { @ }",
            "impl S { fn f() { @ } }",
            "impl S { const X: fn() = || { @ }; }",
            "// impl S {\n@",
            "const X: &str = \"impl S {\"; @",
            "mod impls { struct T { a: u8 } @ }",
            "macro_rules! m { ($a:ident) => { impl $a {} }; } mod r#impl { @ }",
        ] {
            assert!(!in_impl(text), "{text}");
        }
    }
}
