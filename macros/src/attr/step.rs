//! The arguments of `#[given]`, `#[when]` and `#[then]`.

use proc_macro2::{Span, TokenStream};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Error, Ident, LitInt, LitStr, Result, Token, Type};

use super::options::{library_path, milliseconds, set, string, string_value};
use super::step_scope::StepScope;
use crate::keyword::Keyword;

/// The language of a pattern.
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
    /// True if the attribute names the language, as in `regex = "…"`.
    pub(crate) is_marked: bool,
    /// The pattern as written.
    pub(crate) source: LitStr,
    pub(crate) timeout_ms: Option<LitInt>,
    pub(crate) warn_after_ms: Option<LitInt>,
    /// The error that the step expects.
    pub(crate) catch: Option<Type>,
    /// The scenarios for which the definition holds.
    pub(crate) scope: Option<StepScope>,
    /// The path of `harmony_bdd`, if it is not `::harmony_bdd`.
    pub(crate) library: Option<TokenStream>,
}

const OPTIONS: &str =
    "`timeout_ms = 500`, `warn_after_ms = 100`, `catch(Error)` and `scope(tags(api))`";

impl StepAttribute {
    /// Reads the tokens between the parentheses.
    pub(crate) fn parse(keyword: Keyword, arguments: TokenStream) -> Result<Self> {
        let name = keyword.attribute();
        if arguments.is_empty() {
            return Err(Error::new(
                Span::call_site(),
                format!(
                    "`#[{name}]` needs a step text\n\
                     help: write it first, as in `#[{name}(\"a buffer\")]` or `#[{name}(expr = \"a buffer of {{int}} bytes\")]`"
                ),
            ));
        }
        (|input: ParseStream<'_>| Self::read(keyword, input)).parse2(arguments)
    }

    fn read(keyword: Keyword, input: ParseStream<'_>) -> Result<Self> {
        let name = keyword.attribute();
        let mut pattern: Option<(PatternKind, LitStr)> = None;
        let (mut timeout_ms, mut warn_after_ms, mut catch, mut library) = (None, None, None, None);
        let (mut is_marked, mut scope) = (false, None);
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
                    "expr" | "regex" => {
                        is_marked = true;
                        let kind = match key == "expr" {
                            true => PatternKind::Expression,
                            false => PatternKind::Regex,
                        };
                        Some((kind, string_value(&key, input)?))
                    }
                    "timeout_ms" => {
                        set(&mut timeout_ms, &key, input, milliseconds)?;
                        None
                    }
                    "warn_after_ms" => {
                        set(&mut warn_after_ms, &key, input, milliseconds)?;
                        None
                    }
                    "catch" => {
                        set(&mut catch, &key, input, caught_type)?;
                        None
                    }
                    "scope" => {
                        set(&mut scope, &key, input, StepScope::parse)?;
                        None
                    }
                    "crate" => {
                        set(&mut library, &key, input, library_path)?;
                        None
                    }
                    _ => return Err(unknown_option(name, &key, input)),
                }
            };
            if let Some((kind, literal)) = found {
                if pattern.is_some() {
                    return Err(Error::new(
                        literal.span(),
                        format!(
                            "only one pattern per attribute\n\
                             help: write another attribute above the function: `#[{name}(…)]`"
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
                    "`#[{name}]` needs a step text\nhelp: write it first, as in `#[{name}(\"a buffer\", …)]`"
                ),
            ));
        };
        Ok(Self {
            keyword,
            kind,
            is_marked,
            source,
            timeout_ms,
            warn_after_ms,
            catch,
            scope,
            library,
        })
    }
}

/// Returns the keyword of a step attribute; `None` for any other attribute.
pub(crate) fn step_keyword(attribute: &Attribute) -> Option<Keyword> {
    let last = attribute.path().segments.last()?;
    Keyword::from_attribute(&last.ident.to_string())
}

fn kind_of_literal(literal: &LitStr) -> PatternKind {
    let text = literal.value();
    if text.starts_with('^') || text.ends_with('$') {
        PatternKind::Regex
    } else {
        PatternKind::Literal
    }
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

fn unknown_option(name: &str, key: &Ident, input: ParseStream<'_>) -> Error {
    if input.is_empty() || input.peek(Token![,]) || input.peek(Token![!]) || input.peek(Token![::])
    {
        let what = if input.peek(Token![!]) { "macro" } else { "constant" };
        return Error::new(
            key.span(),
            format!(
                "a step text must be a string literal, not a {what}: editors and `#[{name}]` see no values\n\
                 help: write the text here, as in `#[{name}(\"a buffer\")]`"
            ),
        );
    }
    Error::new(
        key.span(),
        format!(
            "`#[{name}]` has no option `{key}`\n\
             help: a pattern is `\"…\"`, `expr = \"…\"` or `regex = \"…\"`; options are {OPTIONS}"
        ),
    )
}
