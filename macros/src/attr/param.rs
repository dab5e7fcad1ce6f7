//! The arguments of `#[param]`.

use proc_macro2::{Span, TokenStream};
use syn::parse::{ParseStream, Parser};
use syn::{Error, LitStr, Result};

use super::options::{comma, library_path, once, option_name, set, string_value};
use crate::expression::BUILT_IN;

/// A parameter type's attribute.
pub(crate) struct ParamAttribute {
    /// The name between the braces of an expression.
    pub(crate) name: LitStr,
    pub(crate) regex: Option<LitStr>,
    /// The option `from_str`, if it is given: the enum has its own conversion.
    pub(crate) from_str: Option<Span>,
    pub(crate) library: Option<TokenStream>,
}

impl ParamAttribute {
    /// Reads the tokens between the parentheses.
    pub(crate) fn parse(arguments: TokenStream) -> Result<Self> {
        Self::read.parse2(arguments)
    }

    fn read(input: ParseStream<'_>) -> Result<Self> {
        let (mut name, mut regex, mut library, mut from_str) = (None, None, None, None);
        let example = "`#[param(name = \"colour\", regex = \"red|blue\")]`";
        while !input.is_empty() {
            let key = option_name(input, || example.to_owned())?;
            match key.to_string().as_str() {
                "name" => set(&mut name, &key, input, string_value)?,
                "regex" => set(&mut regex, &key, input, string_value)?,
                "from_str" => {
                    once(&key, &from_str)?;
                    from_str = Some(key.span());
                }
                "crate" => set(&mut library, &key, input, library_path)?,
                _ => {
                    return Err(Error::new(
                        key.span(),
                        format!(
                            "`#[param]` has no option `{key}`\nhelp: write `#[param(name = \"…\", regex = \"…\")]`"
                        ),
                    ));
                }
            }
            comma(input, example)?;
        }
        let Some(name) = name else {
            return Err(Error::new(
                Span::call_site(),
                "`#[param]` needs a name\nhelp: write `#[param(name = \"colour\", regex = \"red|blue\")]`",
            ));
        };
        let text = name.value();
        if text.is_empty() || text.contains(['{', '}', '(', ')', '/', '\\']) {
            return Err(Error::new(
                name.span(),
                "the name of a parameter type must not be empty or contain any of `{}()/\\`\nhelp: choose a word",
            ));
        }
        if BUILT_IN.contains(&text.as_str()) {
            return Err(Error::new(
                name.span(),
                format!("`{{{text}}}` is a built-in parameter type\nhelp: choose another name"),
            ));
        }
        Ok(Self { name, regex, from_str, library })
    }
}
