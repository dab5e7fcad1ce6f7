//! The tag filter of a hook.

use proc_macro2::{Delimiter, Literal, Span, TokenTree};
use syn::parse::ParseStream;
use syn::{Error, Ident, LitStr, Result};

use crate::model::flat;

/// A part of a tag filter, operators behind their operands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TagTerm {
    Tag(String),
    Not,
    And,
    Or,
}

/// Reads the filter in the parentheses behind `key`.
pub(super) fn filter(key: &Ident, input: ParseStream<'_>) -> Result<Vec<TagTerm>> {
    if !input.peek(syn::token::Paren) {
        return Err(invalid(key.span()));
    }
    let content;
    syn::parenthesized!(content in input);
    let tokens: Vec<TokenTree> = flat(content.parse()?).into_iter().collect();
    let end = tokens.last().map_or_else(|| key.span(), TokenTree::span);
    let mut filter = Filter { tokens: &tokens, terms: Vec::new(), end };
    filter.or()?;
    match filter.tokens {
        [] => Ok(filter.terms),
        [first, ..] => Err(unexpected(first)),
    }
}

struct Filter<'a> {
    tokens: &'a [TokenTree],
    terms: Vec<TagTerm>,
    /// The position for what is missing.
    end: Span,
}

impl Filter<'_> {
    fn word(&mut self, word: &str) -> bool {
        let found = matches!(self.tokens.first(), Some(TokenTree::Ident(ident)) if *ident == word);
        if found {
            self.tokens = &self.tokens[1..];
        }
        found
    }

    fn or(&mut self) -> Result<()> {
        self.and()?;
        while self.word("or") {
            self.and()?;
            self.terms.push(TagTerm::Or);
        }
        Ok(())
    }

    fn and(&mut self) -> Result<()> {
        self.not()?;
        while self.word("and") {
            self.not()?;
            self.terms.push(TagTerm::And);
        }
        Ok(())
    }

    fn not(&mut self) -> Result<()> {
        if self.word("not") {
            self.not()?;
            self.terms.push(TagTerm::Not);
            return Ok(());
        }
        match self.tokens.first() {
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis => {
                let inner: Vec<TokenTree> = flat(group.stream()).into_iter().collect();
                let end = group.span_close();
                let mut filter = Filter { tokens: &inner, terms: Vec::new(), end };
                filter.or()?;
                if let Some(first) = filter.tokens.first() {
                    return Err(unexpected(first));
                }
                self.terms.append(&mut filter.terms);
                self.tokens = &self.tokens[1..];
                Ok(())
            }
            Some(TokenTree::Literal(literal)) if literal.to_string().ends_with('"') => {
                let tag = quoted(literal)?;
                self.terms.push(TagTerm::Tag(tag));
                self.tokens = &self.tokens[1..];
                Ok(())
            }
            _ => self.tag(),
        }
    }

    /// Reads a tag. Its name may be several tokens, as in `@issue-12.b`.
    fn tag(&mut self) -> Result<()> {
        let start = self.tokens;
        if matches!(start.first(), Some(TokenTree::Punct(punct)) if punct.as_char() == '@') {
            self.tokens = &self.tokens[1..];
        }
        let mut name = String::new();
        let mut before: Option<&TokenTree> = None;
        while let Some(token) = self.tokens.first() {
            let is_part = match token {
                TokenTree::Ident(word)
                    if ["and", "or", "not"].iter().any(|known| word == known) =>
                {
                    false
                }
                TokenTree::Ident(_) | TokenTree::Literal(_) => {
                    // Two names in a row would become one.
                    !name.ends_with(|c: char| c.is_alphanumeric() || c == '_')
                }
                TokenTree::Punct(punct) => "-.:/+#=$%".contains(punct.as_char()),
                TokenTree::Group(_) => false,
            };
            if !is_part || before.is_some_and(|before| is_apart(before, token)) {
                break;
            }
            name.push_str(&token.to_string());
            before = Some(token);
            self.tokens = &self.tokens[1..];
        }
        if !name.contains(char::is_alphanumeric) {
            return Err(self.tokens.first().map_or_else(|| invalid(self.end), unexpected));
        }
        self.terms.push(TagTerm::Tag(format!("@{name}")));
        Ok(())
    }
}

/// Returns true if there is a blank between two tokens of one line.
fn is_apart(before: &TokenTree, after: &TokenTree) -> bool {
    if !proc_macro::is_available() {
        return false;
    }
    let (before, after) = (before.span().unwrap().end(), after.span().unwrap().start());
    before.line() == after.line() && before.column() < after.column()
}

/// Reads a tag in quotes, which may have any characters but blanks.
fn quoted(literal: &Literal) -> Result<String> {
    let text: LitStr = syn::parse2(TokenTree::from(literal.clone()).into())?;
    let text = text.value();
    let name = text.strip_prefix('@').unwrap_or(&text);
    let is_one_tag =
        !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || "@!~&|(),".contains(c));
    if is_one_tag {
        return Ok(format!("@{name}"));
    }
    let filter: String = text.chars().filter(|c| *c != '"').collect();
    let filter = filter
        .replace("&&", " and ")
        .replace("||", " or ")
        .replace(',', " or ")
        .replace(['!', '~'], "not ");
    let filter = filter.split_whitespace().collect::<Vec<_>>().join(" ");
    Err(Error::new(
        literal.span(),
        format!(
            "in quotes this is the name of one tag, which no scenario has\n\
             help: write the filter without quotes, as in `tags({})`",
            if filter.is_empty() { "slow and not linux" } else { &filter }
        ),
    ))
}

fn invalid(span: Span) -> Error {
    Error::new(
        span,
        "this is not a tag filter\nhelp: write tags with `and`, `or`, `not` and parentheses, as in `tags(slow and not linux)`",
    )
}

/// Returns the error for a token that has no place in a filter.
fn unexpected(token: &TokenTree) -> Error {
    let help = match token.to_string().as_str() {
        "," => "write `or` or `and` between tags, as in `tags(slow or linux)`",
        "&" | "AND" | "And" => "write `and`, as in `tags(slow and linux)`",
        "|" | "OR" | "Or" => "write `or`, as in `tags(slow or linux)`",
        "!" | "~" | "NOT" | "Not" => "write `not`, as in `tags(not slow)`",
        "@" => "write `and` or `or` between tags, as in `tags(@slow and @linux)`",
        _ => return invalid(token.span()),
    };
    Error::new(token.span(), format!("`{token}` is not an operator of tag filters\nhelp: {help}"))
}

#[cfg(test)]
mod tests {
    use proc_macro2::TokenStream;

    use super::*;
    use crate::attr::{HookAttribute, HookKind};

    fn terms(filter: &str) -> Option<String> {
        let input = format!("tags({filter})").parse().unwrap();
        let attribute = HookAttribute::parse(HookKind::BeforeStep, input).ok()?;
        let words = attribute.tags.iter().map(|term| match term {
            TagTerm::Tag(name) => name.clone(),
            other => format!("{other:?}").to_lowercase(),
        });
        Some(words.collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn filters_bind_not_before_and_before_or() {
        assert_eq!(terms("slow").unwrap(), "@slow");
        assert_eq!(terms("@a or b and not @c").unwrap(), "@a @b @c not and or");
        assert_eq!(terms("(a or b) and c").unwrap(), "@a @b or @c and");
        assert_eq!(terms("@issue-12.b and x").unwrap(), "@issue-12.b @x and");
    }

    #[test]
    fn invalid_filters_are_refused() {
        for wrong in [
            "",
            "a b",
            "and",
            "a and",
            "not",
            "(a",
            "a or (b c)",
            "a, b",
            "@a @b",
            "a && b",
            "a & b",
            "a || b",
            "!a",
            "~a",
            "a AND b",
            "[a]",
            "a*",
            "@",
            "\"\"",
            "\"@a and @b\"",
            "\"@a,@b\"",
            "\"!a\"",
            "a; b",
            "a or",
            "-",
            "a(b)",
        ] {
            let parsed = format!("tags({wrong})").parse::<TokenStream>();
            if parsed.is_ok() {
                assert_eq!(terms(wrong), None, "{wrong}");
            }
        }
    }
}
