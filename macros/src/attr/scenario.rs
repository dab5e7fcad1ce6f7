//! The arguments of `#[scenario]` and `scenarios!`: the path of a feature file, and a name.

use proc_macro2::TokenStream;
use syn::parse::{ParseStream, Parser};
use syn::{Error, LitInt, LitStr, Result};

use super::options::{comma, library_path, milliseconds, option_name, set};

const EXAMPLE: &str = "`#[scenario(\"features/Basket.feature\", \"Apples and pears\")]`";

/// The attribute `#[scenario]`.
pub(crate) struct ScenarioAttribute {
    /// The path of the feature file.
    pub(crate) path: LitStr,
    /// The name of the scenario or outline.
    pub(crate) name: LitStr,
    /// The deadline of the function.
    pub(crate) timeout_ms: Option<LitInt>,
    pub(crate) library: Option<TokenStream>,
}

impl ScenarioAttribute {
    /// Reads the tokens between the parentheses.
    pub(crate) fn parse(arguments: TokenStream) -> Result<Self> {
        Self::read.parse2(arguments)
    }

    fn read(input: ParseStream<'_>) -> Result<Self> {
        let path = literal(input, "the path of a feature file")?;
        comma(input, EXAMPLE)?;
        let name = literal(input, "the name of a scenario")?;
        comma(input, EXAMPLE)?;
        let (mut timeout_ms, mut library) = (None, None);
        while !input.is_empty() {
            let key = option_name(input, || EXAMPLE.to_owned())?;
            match key.to_string().as_str() {
                "timeout_ms" => set(&mut timeout_ms, &key, input, milliseconds)?,
                "crate" => set(&mut library, &key, input, library_path)?,
                _ => {
                    return Err(Error::new(
                        key.span(),
                        format!(
                            "`#[scenario]` has no option `{key}`\n\
                             help: the option behind the path and the name is `timeout_ms = 500`"
                        ),
                    ));
                }
            }
            comma(input, EXAMPLE)?;
        }
        Ok(Self { path, name, timeout_ms, library })
    }
}

/// The arguments of `scenarios!`.
pub(crate) struct ScenariosArguments {
    /// The path of the feature file.
    pub(crate) path: LitStr,
    pub(crate) library: Option<TokenStream>,
}

impl ScenariosArguments {
    /// Reads the tokens between the parentheses.
    pub(crate) fn parse(arguments: TokenStream) -> Result<Self> {
        Self::read.parse2(arguments)
    }

    fn read(input: ParseStream<'_>) -> Result<Self> {
        const EXAMPLE: &str = "`scenarios!(\"features/Basket.feature\")`";
        let path = literal(input, "the path of a feature file")?;
        comma(input, EXAMPLE)?;
        let mut library = None;
        while !input.is_empty() {
            let key = option_name(input, || EXAMPLE.to_owned())?;
            if key != "crate" {
                return Err(Error::new(
                    key.span(),
                    format!("`scenarios!` has no option `{key}`\nhelp: as in {EXAMPLE}"),
                ));
            }
            set(&mut library, &key, input, library_path)?;
            comma(input, EXAMPLE)?;
        }
        Ok(Self { path, library })
    }
}

fn literal(input: ParseStream<'_>, what: &str) -> Result<LitStr> {
    input.parse().map_err(|error| {
        Error::new(error.span(), format!("expected {what}\nhelp: as in {EXAMPLE}"))
    })
}
