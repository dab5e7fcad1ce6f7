//! What is written between the parentheses of a step attribute.

use proc_macro2::{Span, TokenStream};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Error, Ident, LitInt, LitStr, Result, Token, Type};

use crate::model::Keyword;

/// How the pattern is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PatternKind {
    Literal,
    Expression,
    Regex,
}

/// A step attribute.
pub(crate) struct StepAttribute {
    pub(crate) keyword: Keyword,
    pub(crate) kind: PatternKind,
    /// The pattern as written.
    pub(crate) source: LitStr,
    pub(crate) timeout_ms: Option<LitInt>,
    pub(crate) warn_after_ms: Option<LitInt>,
    /// The error that the step expects.
    pub(crate) catch: Option<Type>,
}

const OPTIONS: &str = "`timeout_ms = 500`, `warn_after_ms = 100` and `catch(Error)`";

impl StepAttribute {
    /// Reads the tokens between the parentheses.
    pub(crate) fn parse(keyword: Keyword, arguments: TokenStream) -> Result<Self> {
        let name = keyword.attribute();
        if arguments.is_empty() {
            return Err(Error::new(
                Span::call_site(),
                format!(
                    "`#[{name}]` says no step text\n\
                     help: write the text, as in `#[{name}(\"a buffer\")]` or `#[{name}(expr = \"a buffer of {{int}} bytes\")]`"
                ),
            ));
        }
        (|input: ParseStream<'_>| Self::read(keyword, input)).parse2(arguments)
    }

    fn read(keyword: Keyword, input: ParseStream<'_>) -> Result<Self> {
        let name = keyword.attribute();
        let mut pattern: Option<(PatternKind, LitStr)> = None;
        let (mut timeout_ms, mut warn_after_ms, mut catch) = (None, None, None);
        let start = input.span();
        while !input.is_empty() {
            let found = if !input.peek(Ident::peek_any) {
                let literal = string(input, || {
                    format!("help: the step text goes here, as in `#[{name}(\"a buffer\")]`")
                })?;
                Some((kind_of_literal(&literal), literal))
            } else {
                let key = input.call(Ident::parse_any)?;
                match key.to_string().as_str() {
                    "expr" => Some((PatternKind::Expression, string_value(&key, input)?)),
                    "regex" => Some((PatternKind::Regex, string_value(&key, input)?)),
                    "timeout_ms" => {
                        once(&key, &timeout_ms)?;
                        timeout_ms = Some(milliseconds(&key, input)?);
                        None
                    }
                    "warn_after_ms" => {
                        once(&key, &warn_after_ms)?;
                        warn_after_ms = Some(milliseconds(&key, input)?);
                        None
                    }
                    "catch" => {
                        once(&key, &catch)?;
                        catch = Some(caught_type(&key, input)?);
                        None
                    }
                    _ => return Err(unknown_option(name, &key)),
                }
            };
            if let Some((kind, literal)) = found {
                if pattern.is_some() {
                    return Err(Error::new(
                        literal.span(),
                        format!(
                            "a second pattern in one attribute\n\
                             help: write a second attribute above the function: `#[{name}(…)]`"
                        ),
                    ));
                }
                pattern = Some((kind, literal));
            }
            if input.is_empty() {
                break;
            }
            if !input.peek(Token![,]) {
                return Err(Error::new(
                    input.span(),
                    "expected `,` between the pattern and the options\nhelp: as in `#[given(\"a buffer\", timeout_ms = 500)]`",
                ));
            }
            input.parse::<Token![,]>()?;
        }
        let Some((kind, source)) = pattern else {
            return Err(Error::new(
                start,
                format!(
                    "`#[{name}]` says no step text\nhelp: begin with the text, as in `#[{name}(\"a buffer\", …)]`"
                ),
            ));
        };
        Ok(Self { keyword, kind, source, timeout_ms, warn_after_ms, catch })
    }
}

fn kind_of_literal(literal: &LitStr) -> PatternKind {
    let text = literal.value();
    if text.starts_with('^') || text.ends_with('$') {
        PatternKind::Regex
    } else {
        PatternKind::Literal
    }
}

pub(crate) fn string_value(key: &Ident, input: ParseStream<'_>) -> Result<LitStr> {
    equals(key, input, "\"…\"")?;
    string(input, || format!("help: write `{key} = \"…\"`"))
}

fn string(input: ParseStream<'_>, help: impl Fn() -> String) -> Result<LitStr> {
    if input.peek(LitStr) {
        let literal: LitStr = input.parse()?;
        if !literal.suffix().is_empty() {
            return Err(Error::new(literal.span(), "a step text takes no suffix"));
        }
        return Ok(literal);
    }
    let span = input.parse::<syn::Expr>().map_or_else(|_| input.span(), |found| found.span());
    Err(Error::new(span, format!("a step text must be a string literal\n{}", help())))
}

fn caught_type(key: &Ident, input: ParseStream<'_>) -> Result<Type> {
    let wrong = |span| {
        Error::new(span, "`catch` takes the type of an error\nhelp: write `catch(std::io::Error)`")
    };
    if !input.peek(syn::token::Paren) {
        return Err(wrong(key.span()));
    }
    let content;
    syn::parenthesized!(content in input);
    let ty: Type = content.parse().map_err(|e| wrong(e.span()))?;
    if content.is_empty() { Ok(ty) } else { Err(wrong(content.span())) }
}

pub(crate) fn milliseconds(key: &Ident, input: ParseStream<'_>) -> Result<LitInt> {
    equals(key, input, "500")?;
    let wrong = |span| {
        Error::new(
            span,
            format!(
                "`{key}` takes a whole number of milliseconds above 0\nhelp: write `{key} = 500`"
            ),
        )
    };
    let literal: syn::Lit = input.parse().map_err(|e| wrong(e.span()))?;
    match literal {
        syn::Lit::Int(number) if number.base10_parse::<u64>().is_ok_and(|n| n > 0) => Ok(number),
        other => Err(wrong(other.span())),
    }
}

pub(crate) fn equals(key: &Ident, input: ParseStream<'_>, example: &str) -> Result<()> {
    if input.peek(Token![=]) {
        input.parse::<Token![=]>()?;
        return Ok(());
    }
    Err(Error::new(key.span(), format!("`{key}` has no value\nhelp: write `{key} = {example}`")))
}

pub(crate) fn once<T>(key: &Ident, before: &Option<T>) -> Result<()> {
    if before.is_some() {
        return Err(Error::new(key.span(), format!("`{key}` is said twice\nhelp: remove one")));
    }
    Ok(())
}

fn unknown_option(name: &str, key: &Ident) -> Error {
    Error::new(
        key.span(),
        format!(
            "`#[{name}]` has no option `{key}`\n\
             help: a pattern is `\"…\"`, `expr = \"…\"` or `regex = \"…\"`; options are {OPTIONS}"
        ),
    )
}
