//! Code that is put together from text where it can be, and from tokens where it must be.
//!
//! The compiler makes tokens of text many times faster than `quote!` does, for macros run as
//! unoptimised code. Tokens are for what the user wrote: they say where it stands.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// The tokens of a text.
///
/// # Panics
/// When its brackets are not balanced.
pub(super) fn text(text: &str) -> TokenStream {
    // By the compiler itself: `proc_macro2` would first read it on its own.
    let tokens: proc_macro::TokenStream = text.parse().expect("the macros write valid tokens");
    tokens.into()
}

/// The tokens of `template`, each `#` in it replaced by the next of `parts`.
///
/// # Panics
/// When its brackets are not balanced. The template holds no literals: their brackets would count.
pub(super) fn fill<const N: usize>(template: &str, parts: [TokenStream; N]) -> TokenStream {
    let mut parts = parts.into_iter();
    let mut around = Vec::new();
    let mut pieces = Vec::new();
    let mut start = 0;
    for (index, byte) in template.bytes().enumerate() {
        if !matches!(byte, b'#' | b'(' | b'{' | b'[' | b')' | b'}' | b']') {
            continue;
        }
        push_text(&mut pieces, &template[start..index]);
        start = index + 1;
        match byte {
            b'#' => pieces.push(parts.next().expect("a part for each `#`")),
            b'(' | b'{' | b'[' => around.push(std::mem::take(&mut pieces)),
            b')' => close(&mut pieces, around.pop(), Delimiter::Parenthesis),
            b'}' => close(&mut pieces, around.pop(), Delimiter::Brace),
            _ => close(&mut pieces, around.pop(), Delimiter::Bracket),
        }
    }
    push_text(&mut pieces, &template[start..]);
    join(pieces)
}

fn push_text(pieces: &mut Vec<TokenStream>, piece: &str) {
    let piece = piece.trim();
    if !piece.is_empty() {
        pieces.push(text(piece));
    }
}

fn close(pieces: &mut Vec<TokenStream>, around: Option<Vec<TokenStream>>, delimiter: Delimiter) {
    let inside = std::mem::replace(pieces, around.expect("a bracket that opens"));
    pieces.push(TokenTree::from(Group::new(delimiter, join(inside))).into());
}

/// The tokens of all pieces, put together at once: every call to the compiler takes its time.
pub(super) fn join(pieces: Vec<TokenStream>) -> TokenStream {
    let pieces = pieces.into_iter().map(proc_macro::TokenStream::from);
    pieces.collect::<proc_macro::TokenStream>().into()
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
