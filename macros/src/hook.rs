//! `#[before_scenario]` and its kin: when, in which order and for which tags a function runs.

use proc_macro2::{TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Error, Ident, LitInt, Result, Token};

use crate::attr::{equals, milliseconds, once};
use crate::item::FunctionItem;
use crate::model::Function;
use crate::{expand, fallback, validate};

/// When a hook runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HookKind {
    BeforeAll,
    AfterAll,
    BeforeFeature,
    AfterFeature,
    BeforeScenario,
    AfterScenario,
    BeforeStep,
    AfterStep,
}

impl HookKind {
    fn attribute(self) -> &'static str {
        match self {
            Self::BeforeAll => "before_all",
            Self::AfterAll => "after_all",
            Self::BeforeFeature => "before_feature",
            Self::AfterFeature => "after_feature",
            Self::BeforeScenario => "before_scenario",
            Self::AfterScenario => "after_scenario",
            Self::BeforeStep => "before_step",
            Self::AfterStep => "after_step",
        }
    }

    /// The variant of the runtime's `HookKind`.
    pub(crate) fn variant(self) -> &'static str {
        match self {
            Self::BeforeAll => "BeforeAll",
            Self::AfterAll => "AfterAll",
            Self::BeforeFeature => "BeforeFeature",
            Self::AfterFeature => "AfterFeature",
            Self::BeforeScenario => "BeforeScenario",
            Self::AfterScenario => "AfterScenario",
            Self::BeforeStep => "BeforeStep",
            Self::AfterStep => "AfterStep",
        }
    }
}

/// What is written in the attribute.
pub(crate) struct HookAttribute {
    pub(crate) kind: HookKind,
    pub(crate) order: i32,
    /// The filter, operators behind their operands.
    pub(crate) tags: Vec<TagTerm>,
    pub(crate) timeout_ms: Option<LitInt>,
}

/// A part of a tag filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TagTerm {
    Tag(String),
    Not,
    And,
    Or,
}

/// What a hook attribute turns an item into.
pub(crate) fn expand(kind: HookKind, arguments: TokenStream, item: TokenStream) -> TokenStream {
    let name = kind.attribute();
    let function = match FunctionItem::read(item.clone()) {
        Ok(function) => function,
        Err(error) => return fallback::not_a_function(name, item, &error),
    };
    let registration = HookAttribute::parse(kind, arguments).and_then(|attribute| {
        let model = Function::read(name, &function.head.signature)?;
        validate::takes_states_only(name, &model)?;
        Ok(expand::hook(&attribute, &model))
    });
    match registration {
        Ok(registration) => expand::below(&function, registration),
        Err(error) => fallback::function_with(&function.without_markers(), &error),
    }
}

impl HookAttribute {
    fn parse(kind: HookKind, arguments: TokenStream) -> Result<Self> {
        (|input: ParseStream<'_>| Self::read(kind, input)).parse2(arguments)
    }

    fn read(kind: HookKind, input: ParseStream<'_>) -> Result<Self> {
        let (mut order, mut tags, mut timeout_ms) = (None, None, None);
        while !input.is_empty() {
            let key = input.call(Ident::parse_any)?;
            match key.to_string().as_str() {
                "order" => {
                    once(&key, &order)?;
                    order = Some(number(&key, input)?);
                }
                "tags" => {
                    once(&key, &tags)?;
                    if matches!(kind, HookKind::BeforeAll | HookKind::AfterAll) {
                        return Err(Error::new(
                            key.span(),
                            format!(
                                "`#[{}]` has no tags to look at\nhelp: remove `tags(…)`",
                                kind.attribute()
                            ),
                        ));
                    }
                    tags = Some(filter(&key, input)?);
                }
                "timeout_ms" => {
                    once(&key, &timeout_ms)?;
                    timeout_ms = Some(milliseconds(&key, input)?);
                }
                _ => {
                    return Err(Error::new(
                        key.span(),
                        format!(
                            "`#[{}]` has no option `{key}`\n\
                             help: options are `order = 10`, `tags(slow and not linux)` and `timeout_ms = 500`",
                            kind.attribute()
                        ),
                    ));
                }
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(Self { kind, order: order.unwrap_or(0), tags: tags.unwrap_or_default(), timeout_ms })
    }
}

fn number(key: &Ident, input: ParseStream<'_>) -> Result<i32> {
    equals(key, input, "10")?;
    let wrong =
        |span| Error::new(span, format!("`{key}` takes a whole number\nhelp: write `{key} = 10`"));
    let sign = if input.parse::<Option<Token![-]>>()?.is_some() { "-" } else { "" };
    let literal: LitInt = input.parse().map_err(|e| wrong(e.span()))?;
    format!("{sign}{}", literal.base10_digits()).parse().map_err(|_| wrong(literal.span()))
}

fn filter(key: &Ident, input: ParseStream<'_>) -> Result<Vec<TagTerm>> {
    let wrong = |span| {
        Error::new(
            span,
            "this is not a tag filter\nhelp: write tags with `and`, `or`, `not` and parentheses, as in `tags(slow and not linux)`",
        )
    };
    if !input.peek(syn::token::Paren) {
        return Err(wrong(key.span()));
    }
    let content;
    syn::parenthesized!(content in input);
    let tokens: Vec<TokenTree> = content.parse::<TokenStream>()?.into_iter().collect();
    let mut filter = Filter { tokens: &tokens, terms: Vec::new() };
    let end = tokens.last().map_or_else(|| key.span(), TokenTree::span);
    filter.or().ok_or_else(|| wrong(filter.span(end)))?;
    match filter.tokens {
        [] => Ok(filter.terms),
        [first, ..] => Err(wrong(first.span())),
    }
}

struct Filter<'a> {
    tokens: &'a [TokenTree],
    terms: Vec<TagTerm>,
}

impl Filter<'_> {
    fn span(&self, end: proc_macro2::Span) -> proc_macro2::Span {
        self.tokens.first().map_or(end, TokenTree::span)
    }

    fn word(&mut self, word: &str) -> bool {
        let found = matches!(self.tokens.first(), Some(TokenTree::Ident(ident)) if *ident == word);
        if found {
            self.tokens = &self.tokens[1..];
        }
        found
    }

    fn or(&mut self) -> Option<()> {
        self.and()?;
        while self.word("or") {
            self.and()?;
            self.terms.push(TagTerm::Or);
        }
        Some(())
    }

    fn and(&mut self) -> Option<()> {
        self.not()?;
        while self.word("and") {
            self.not()?;
            self.terms.push(TagTerm::And);
        }
        Some(())
    }

    fn not(&mut self) -> Option<()> {
        if self.word("not") {
            self.not()?;
            self.terms.push(TagTerm::Not);
            return Some(());
        }
        if let Some(TokenTree::Group(group)) = self.tokens.first() {
            let inner: Vec<TokenTree> = group.stream().into_iter().collect();
            let mut filter = Filter { tokens: &inner, terms: Vec::new() };
            filter.or()?;
            if !filter.tokens.is_empty() {
                return None;
            }
            self.terms.append(&mut filter.terms);
            self.tokens = &self.tokens[1..];
            return Some(());
        }
        self.tag()
    }

    /// A tag's name is everything up to the next operator: `@issue-12.b` is several tokens.
    fn tag(&mut self) -> Option<()> {
        let mut name = String::new();
        while let Some(token) = self.tokens.first() {
            match token {
                TokenTree::Group(_) => break,
                TokenTree::Ident(word) if *word == "and" || *word == "or" || *word == "not" => {
                    break;
                }
                // Two names in a row would silently become one.
                TokenTree::Ident(_) | TokenTree::Literal(_)
                    if name.ends_with(|c: char| c.is_alphanumeric() || c == '_') =>
                {
                    return None;
                }
                token => name.push_str(&token.to_string()),
            }
            self.tokens = &self.tokens[1..];
        }
        let name = name.trim_matches('"').trim_start_matches('@');
        if name.is_empty() {
            return None;
        }
        self.terms.push(TagTerm::Tag(format!("@{name}")));
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn what_is_no_filter_is_refused() {
        for wrong in ["", "a b", "and", "a and", "not", "(a", "a or (b c)"] {
            let parsed = format!("tags({wrong})").parse::<TokenStream>();
            if parsed.is_ok() {
                assert_eq!(terms(wrong), None, "{wrong}");
            }
        }
    }
}
