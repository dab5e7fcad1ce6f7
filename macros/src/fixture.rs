//! `#[fixture]`: a function that makes a state.

use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Error, Ident, Result, Token, Type};

use crate::attr::{equals, once};
use crate::item::FunctionItem;
use crate::model::{Function, inside};
use crate::{expand, fallback, validate};

/// How long the state lives.
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

/// What is written in the attribute.
pub(crate) struct FixtureAttribute {
    pub(crate) scope: Scope,
    /// Whether the type has a `Default` that the fixture takes the place of.
    pub(crate) instead_of_default: bool,
}

/// What `#[fixture]` turns an item into.
pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let function = match FunctionItem::read(item.clone()) {
        Ok(function) => function,
        Err(error) => return fallback::not_a_function("fixture", item, &error),
    };
    let registration = FixtureAttribute::parse(arguments).and_then(|attribute| {
        let model = Function::read("fixture", &function.head.signature)?;
        validate::takes_states_only("fixture", &model)?;
        let (made, fallible) = made(&model)?;
        Ok(expand::fixture(&attribute, &model, made, fallible))
    });
    match registration {
        Ok(registration) => expand::below(&function, registration),
        Err(error) => fallback::function_with(&function.without_markers(), &error),
    }
}

/// The type that the function makes, and whether it may fail to.
fn made<'a>(model: &Function<'a>) -> Result<(&'a Type, bool)> {
    let Some(returned) = model.returns else {
        return Err(Error::new(
            model.name.span(),
            "a fixture returns the state it makes\nhelp: add `-> YourState`",
        ));
    };
    match inside(returned, "Result") {
        Some(made) => Ok((made, true)),
        None => match returned {
            Type::Reference(_) | Type::ImplTrait(_) => Err(Error::new(
                returned.span(),
                "state is owned and found by its type, so it must be a type with a name\nhelp: return a struct",
            )),
            _ => Ok((returned, false)),
        },
    }
}

impl FixtureAttribute {
    fn parse(arguments: TokenStream) -> Result<Self> {
        Self::read.parse2(arguments)
    }

    fn read(input: ParseStream<'_>) -> Result<Self> {
        let (mut scope, mut instead_of_default) = (None, None);
        while !input.is_empty() {
            let key = input.call(Ident::parse_any)?;
            match key.to_string().as_str() {
                "scope" => {
                    once(&key, &scope)?;
                    scope = Some(Self::scope(&key, input)?);
                }
                "instead_of_default" => {
                    once(&key, &instead_of_default)?;
                    instead_of_default = Some(());
                }
                _ => {
                    return Err(Error::new(
                        key.span(),
                        format!(
                            "`#[fixture]` has no option `{key}`\n\
                             help: options are `scope = scenario`, `scope = feature`, `scope = suite` and `instead_of_default`"
                        ),
                    ));
                }
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(Self {
            scope: scope.unwrap_or(Scope::Scenario),
            instead_of_default: instead_of_default.is_some(),
        })
    }

    fn scope(key: &Ident, input: ParseStream<'_>) -> Result<Scope> {
        equals(key, input, "suite")?;
        let value = input.call(Ident::parse_any)?;
        match value.to_string().as_str() {
            "scenario" => Ok(Scope::Scenario),
            "feature" => Ok(Scope::Feature),
            "suite" => Ok(Scope::Suite),
            _ => Err(Error::new(
                value.span(),
                format!(
                    "there is no scope `{value}`\nhelp: scopes are `scenario`, `feature` and `suite`"
                ),
            )),
        }
    }
}
