//! The arguments of `#[fixture]`.

use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Error, Ident, LitStr, Result};

use super::options::{comma, equals, library_path, once, option_name, set};

/// The lifetime of a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    Scenario,
    Feature,
    Suite,
}

impl Scope {
    /// The variant of the runtime's `Scope`.
    pub(crate) fn variant(self) -> &'static str {
        match self {
            Self::Scenario => "Scenario",
            Self::Feature => "Feature",
            Self::Suite => "Suite",
        }
    }
}

/// A fixture attribute.
pub(crate) struct FixtureAttribute {
    pub(crate) scope: Scope,
    /// True if the fixture replaces the `Default` of its type.
    pub(crate) override_default: bool,
    pub(crate) library: Option<TokenStream>,
}

impl FixtureAttribute {
    /// Reads the tokens between the parentheses.
    pub(crate) fn parse(arguments: TokenStream) -> Result<Self> {
        Self::read.parse2(arguments)
    }

    fn read(input: ParseStream<'_>) -> Result<Self> {
        let (mut scope, mut override_default, mut library) = (None, None, None);
        while !input.is_empty() {
            let key = option_name(input, || "`#[fixture(scope = suite)]`".to_owned())?;
            match key.to_string().as_str() {
                "scope" => set(&mut scope, &key, input, Self::scope)?,
                "override_default" => {
                    once(&key, &override_default)?;
                    override_default = Some(());
                }
                "crate" => set(&mut library, &key, input, library_path)?,
                _ => {
                    return Err(Error::new(
                        key.span(),
                        format!(
                            "`#[fixture]` has no option `{key}`\n\
                             help: options are `scope = scenario`, `scope = feature`, `scope = suite` and `override_default`"
                        ),
                    ));
                }
            }
            comma(input, "`#[fixture(scope = suite, override_default)]`")?;
        }
        Ok(Self {
            scope: scope.unwrap_or(Scope::Scenario),
            override_default: override_default.is_some(),
            library,
        })
    }

    fn scope(key: &Ident, input: ParseStream<'_>) -> Result<Scope> {
        equals(key, input, "suite")?;
        if input.peek(LitStr) {
            let text: LitStr = input.parse()?;
            return Err(Error::new(
                text.span(),
                format!(
                    "a scope has no quotes\nhelp: write `scope = {}`",
                    text.value().to_lowercase()
                ),
            ));
        }
        let value = input.call(Ident::parse_any).map_err(|error| {
            Error::new(
                error.span(),
                "a scope is a word\nhelp: scopes are `scenario`, `feature` and `suite`",
            )
        })?;
        match value.to_string().as_str() {
            "scenario" => Ok(Scope::Scenario),
            "feature" => Ok(Scope::Feature),
            "suite" => Ok(Scope::Suite),
            _ => Err(Error::new(
                value.span(),
                format!(
                    "unknown scope `{value}`\nhelp: scopes are `scenario`, `feature` and `suite`"
                ),
            )),
        }
    }
}
