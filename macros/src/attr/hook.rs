//! The arguments of hooks, from `#[before_all]` to `#[after_step]`: order, tags and deadline.

use proc_macro2::TokenStream;
use syn::parse::{ParseStream, Parser};
use syn::{Error, Ident, LitInt, Result, Token};

use super::options::{comma, equals, library_path, milliseconds, once, option_name, set};
use super::tags::{TagTerm, filter};

/// The moment at which a hook runs.
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
    /// The attribute's name.
    pub(crate) fn attribute(self) -> &'static str {
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

/// A hook attribute.
pub(crate) struct HookAttribute {
    pub(crate) kind: HookKind,
    pub(crate) order: i32,
    /// The tag filter, operators behind their operands; empty for all.
    pub(crate) tags: Vec<TagTerm>,
    pub(crate) timeout_ms: Option<LitInt>,
    pub(crate) library: Option<TokenStream>,
}

impl HookAttribute {
    /// Reads the tokens between the parentheses.
    pub(crate) fn parse(kind: HookKind, arguments: TokenStream) -> Result<Self> {
        (|input: ParseStream<'_>| Self::read(kind, input)).parse2(arguments)
    }

    fn read(kind: HookKind, input: ParseStream<'_>) -> Result<Self> {
        let (mut order, mut tags, mut timeout_ms, mut library) = (None, None, None, None);
        let example = || format!("`#[{}(tags(slow and not linux), order = 10)]`", kind.attribute());
        while !input.is_empty() {
            let key = option_name(input, example)?;
            match key.to_string().as_str() {
                "order" => set(&mut order, &key, input, number)?,
                "tags" => {
                    once(&key, &tags)?;
                    if matches!(kind, HookKind::BeforeAll | HookKind::AfterAll) {
                        return Err(Error::new(
                            key.span(),
                            format!(
                                "`#[{}]` does not support `tags(…)`\nhelp: remove it: this hook runs once for the whole run",
                                kind.attribute()
                            ),
                        ));
                    }
                    tags = Some(filter(&key, input)?);
                }
                "timeout_ms" => set(&mut timeout_ms, &key, input, milliseconds)?,
                "crate" => set(&mut library, &key, input, library_path)?,
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
            comma(input, &example())?;
        }
        Ok(Self {
            kind,
            order: order.unwrap_or(0),
            tags: tags.unwrap_or_default(),
            timeout_ms,
            library,
        })
    }
}

fn number(key: &Ident, input: ParseStream<'_>) -> Result<i32> {
    equals(key, input, "10")?;
    let wrong =
        |span| Error::new(span, format!("`{key}` takes a whole number\nhelp: write `{key} = 10`"));
    let sign = if input.parse::<Option<Token![-]>>()?.is_some() { "-" } else { "" };
    let literal: LitInt = input.parse().map_err(|e| wrong(e.span()))?;
    format!("{sign}{}", literal.base10_digits()).parse().map_err(|_| {
        Error::new(
            literal.span(),
            format!("`{key}` is out of range\nhelp: orders are from {} to {}", i32::MIN, i32::MAX),
        )
    })
}
