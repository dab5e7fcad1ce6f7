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
    let mut tokens = TokenStream::new();
    let mut start = 0;
    for (index, character) in template.char_indices() {
        if !matches!(character, '#' | '(' | '{' | '[' | ')' | '}' | ']') {
            continue;
        }
        tokens.extend(text(&template[start..index]));
        start = index + 1;
        match character {
            '#' => tokens.extend(parts.next().expect("a part for each `#`")),
            '(' | '{' | '[' => around.push(std::mem::take(&mut tokens)),
            ')' => close(&mut tokens, around.pop(), Delimiter::Parenthesis),
            '}' => close(&mut tokens, around.pop(), Delimiter::Brace),
            _ => close(&mut tokens, around.pop(), Delimiter::Bracket),
        }
    }
    tokens.extend(text(&template[start..]));
    tokens
}

fn close(tokens: &mut TokenStream, around: Option<TokenStream>, delimiter: Delimiter) {
    let inside = std::mem::replace(tokens, around.expect("a bracket that opens"));
    tokens.extend([TokenTree::from(Group::new(delimiter, inside))]);
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
