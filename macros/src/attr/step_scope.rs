//! The option `scope(tags(…), feature("…"))` of a step.

use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Error, Ident, LitStr, Result, Token};

use super::options::{once, set};
use super::tags::{TagTerm, filter};

/// The scenarios for which a definition holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StepScope {
    /// The tag filter, operators behind their operands; empty for all.
    pub(crate) tags: Vec<TagTerm>,
    /// The name of the feature, or the end of the path of its file.
    pub(crate) feature: Option<String>,
}

impl StepScope {
    /// Reads the conditions in the parentheses behind `key`.
    pub(super) fn parse(key: &Ident, input: ParseStream<'_>) -> Result<Self> {
        let wrong = |span| {
            Error::new(
                span,
                "a scope has tags, a feature or both\n\
                 help: write `scope(tags(api and not slow))` or `scope(feature(\"Orders\"))`",
            )
        };
        if !input.peek(syn::token::Paren) {
            return Err(wrong(key.span()));
        }
        let content;
        syn::parenthesized!(content in input);
        if content.is_empty() {
            return Err(wrong(key.span()));
        }
        let (mut tags, mut feature) = (None, None);
        while !content.is_empty() {
            let condition = content.call(Ident::parse_any).map_err(|error| wrong(error.span()))?;
            match condition.to_string().as_str() {
                "tags" => set(&mut tags, &condition, &content, filter)?,
                "feature" if content.peek(syn::token::Paren) => {
                    once(&condition, &feature)?;
                    let name;
                    syn::parenthesized!(name in content);
                    let text: LitStr = name.parse().map_err(|error| wrong(error.span()))?;
                    if text.value().is_empty() || !name.is_empty() {
                        return Err(wrong(text.span()));
                    }
                    feature = Some(text.value());
                }
                _ => return Err(wrong(condition.span())),
            }
            if !content.is_empty() && content.parse::<Token![,]>().is_err() {
                return Err(wrong(content.span()));
            }
        }
        Ok(Self { tags: tags.unwrap_or_default(), feature })
    }
}
