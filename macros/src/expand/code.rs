//! Generated code, joined from text and tokens.
//!
//! The compiler parses text many times faster than `quote!` builds tokens, because macros run as
//! unoptimised code. Tokens are for what the user wrote: they carry its position.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::ToTokens;

/// Code under construction.
#[derive(Default)]
pub(super) struct Code {
    pieces: Vec<proc_macro::TokenStream>,
    /// Text after the pieces. Not parsed yet, because every call to the compiler takes time.
    text: String,
}

/// Generated code with balanced brackets.
pub(super) fn text(text: impl Into<String>) -> Code {
    Code { pieces: Vec::new(), text: text.into() }
}

/// Generated code, all of whose tokens are at `span`.
pub(super) fn located(text: &str, span: Span) -> Code {
    let text: TokenStream = text.parse().expect("the macros generate valid tokens");
    let at_span = |mut token: TokenTree| {
        token.set_span(span);
        token
    };
    tokens(text.into_iter().map(at_span).collect::<TokenStream>())
}

/// The user's code.
pub(super) fn tokens(tokens: impl ToTokens) -> Code {
    let tokens = tokens.into_token_stream();
    let pieces = if tokens.is_empty() { Vec::new() } else { vec![tokens.into()] };
    Code { pieces, text: String::new() }
}

/// Returns `before (inside)`.
pub(super) fn parentheses(before: &str, inside: Code) -> Code {
    group(before, Delimiter::Parenthesis, inside)
}

/// Returns `(inside)`, with the parentheses at `span`.
pub(super) fn parentheses_at(span: Span, inside: Code) -> Code {
    let mut group = Group::new(Delimiter::Parenthesis, inside.into());
    group.set_span(span);
    tokens(TokenTree::from(group))
}

/// Returns `before { inside }`.
pub(super) fn braces(before: &str, inside: Code) -> Code {
    group(before, Delimiter::Brace, inside)
}

/// Returns `before [inside]`.
pub(super) fn brackets(before: &str, inside: Code) -> Code {
    group(before, Delimiter::Bracket, inside)
}

fn group(before: &str, delimiter: Delimiter, inside: Code) -> Code {
    let group = TokenTree::from(Group::new(delimiter, inside.into()));
    text(before).then(tokens(group))
}

impl Code {
    /// Appends `other`.
    pub(super) fn then(mut self, other: Self) -> Self {
        if !other.pieces.is_empty() {
            self.parse_text();
            self.pieces.extend(other.pieces);
        }
        self.text.push_str(&other.text);
        self
    }

    fn parse_text(&mut self) {
        if self.text.bytes().any(|byte| !byte.is_ascii_whitespace()) {
            // By the compiler: `proc_macro2` would first parse it with its own parser.
            self.pieces.push(self.text.parse().expect("the macros generate valid tokens"));
        }
        self.text.clear();
    }
}

impl From<Code> for TokenStream {
    fn from(mut code: Code) -> Self {
        code.parse_text();
        code.pieces.into_iter().collect::<proc_macro::TokenStream>().into()
    }
}

/// Returns a text as a literal.
pub(super) fn literal(text: &str) -> String {
    format!("{text:?}")
}

/// Returns the values as one list, with a comma after each.
pub(super) fn list(values: impl IntoIterator<Item = String>) -> String {
    let mut list = String::new();
    for value in values {
        list.push_str(&value);
        list.push(',');
    }
    list
}
