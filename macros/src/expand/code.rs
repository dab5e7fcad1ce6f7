//! Code that is put together from text where it can be, and from tokens where it must be.
//!
//! The compiler makes tokens of text many times faster than `quote!` does, for macros run as
//! unoptimised code. Tokens are for what the user wrote: they say where it stands.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::ToTokens;

/// Code in the making.
#[derive(Default)]
pub(super) struct Code {
    pieces: Vec<proc_macro::TokenStream>,
    /// What follows the pieces, not read yet: every call to the compiler takes its time.
    text: String,
}

/// Code of ours, whose brackets are balanced.
pub(super) fn text(text: impl Into<String>) -> Code {
    Code { pieces: Vec::new(), text: text.into() }
}

/// Code of the user's.
pub(super) fn tokens(tokens: impl ToTokens) -> Code {
    let tokens = tokens.into_token_stream();
    let pieces = if tokens.is_empty() { Vec::new() } else { vec![tokens.into()] };
    Code { pieces, text: String::new() }
}

/// `before (inside)`.
pub(super) fn parentheses(before: &str, inside: Code) -> Code {
    group(before, Delimiter::Parenthesis, inside)
}

/// `before { inside }`.
pub(super) fn braces(before: &str, inside: Code) -> Code {
    group(before, Delimiter::Brace, inside)
}

fn group(before: &str, delimiter: Delimiter, inside: Code) -> Code {
    let group = TokenTree::from(Group::new(delimiter, inside.into()));
    text(before).then(tokens(group))
}

impl Code {
    /// This, and `other` behind it.
    pub(super) fn then(mut self, other: Self) -> Self {
        if !other.pieces.is_empty() {
            self.read();
            self.pieces.extend(other.pieces);
        }
        self.text.push_str(&other.text);
        self
    }

    fn read(&mut self) {
        if self.text.bytes().any(|byte| !byte.is_ascii_whitespace()) {
            // By the compiler itself: `proc_macro2` would first read it on its own.
            self.pieces.push(self.text.parse().expect("the macros write valid tokens"));
        }
        self.text.clear();
    }
}

impl From<Code> for TokenStream {
    fn from(mut code: Code) -> Self {
        code.read();
        code.pieces.into_iter().collect::<proc_macro::TokenStream>().into()
    }
}

/// A text as a literal.
pub(super) fn literal(text: &str) -> String {
    format!("{text:?}")
}

/// Values as the elements of a list, a comma behind each.
pub(super) fn list(values: impl IntoIterator<Item = String>) -> String {
    let mut list = String::new();
    for value in values {
        list.push_str(&value);
        list.push(',');
    }
    list
}
