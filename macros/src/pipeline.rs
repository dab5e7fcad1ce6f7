//! The order of the stages for each attribute.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Item, ItemEnum, Result};

use crate::attr::{
    FixtureAttribute, HookAttribute, HookKind, ParamAttribute, ScenarioAttribute,
    ScenariosArguments, StepAttribute, step_keyword,
};
use crate::enclosing::error_in_impl;
use crate::error::{emit_error, emit_not_a_function, emit_wrong_item};
use crate::feature_file::FeatureFile;
use crate::item::FunctionItem;
use crate::keyword::Keyword;
use crate::model::Function;
use crate::pattern::{Pattern, repeated};
use crate::{expand, step_arg_derive, validate};

/// Expands `#[given]`, `#[when]` and `#[then]`.
pub(crate) fn step(keyword: Keyword, arguments: TokenStream, item: TokenStream) -> TokenStream {
    on_function(keyword.attribute(), item, |function| {
        let attribute = StepAttribute::parse(keyword, arguments)?;
        let pattern = Pattern::compile(&attribute)?;
        let below = &function.head.attributes;
        let mut model = match Function::read(keyword.attribute(), &function.head) {
            Ok(model) => model,
            // The attribute below reports the same mistake.
            Err(_) if has_step_attribute(function) => return Ok(TokenStream::new()),
            Err(error) => return Err(error),
        };
        if let Some(error) = repeated(&attribute, below) {
            return Err(error);
        }
        let bound = validate::bind(&attribute, &pattern, &mut model)?;
        Ok(expand::step(&attribute, &pattern, &model, &bound))
    })
}

/// Expands a hook attribute.
pub(crate) fn hook(kind: HookKind, arguments: TokenStream, item: TokenStream) -> TokenStream {
    on_function(kind.attribute(), item, |function| {
        let attribute = HookAttribute::parse(kind, arguments)?;
        let model = Function::read(kind.attribute(), &function.head)?;
        validate::takes_states_only(&model)?;
        Ok(expand::hook(&attribute, &model))
    })
}

/// Expands `#[fixture]`.
pub(crate) fn fixture(arguments: TokenStream, item: TokenStream) -> TokenStream {
    on_function("fixture", item, |function| {
        let attribute = FixtureAttribute::parse(arguments)?;
        let model = Function::read("fixture", &function.head)?;
        validate::takes_states_only(&model)?;
        let made = validate::made_state(&model)?;
        Ok(expand::fixture(&attribute, &model, &made))
    })
}

/// Expands `#[scenario]`.
pub(crate) fn scenario(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let function = match FunctionItem::read(item.clone()) {
        Ok(function) => function,
        Err(error) => return emit_not_a_function("scenario", item, &error),
    };
    let (attributes, function) = function.split_attributes();
    let test = || {
        if let Some(error) = error_in_impl("scenario") {
            return Err(error);
        }
        let attribute = ScenarioAttribute::parse(arguments)?;
        let file = FeatureFile::read(&attribute.path)?;
        let scenarios = file.find(&attribute.name)?;
        let model = Function::read("scenario", &function.head)?;
        validate::takes_states_only(&model)?;
        Ok(expand::scenario(&attribute, &file, &scenarios, &model, &function, &attributes))
    };
    test().unwrap_or_else(|error: syn::Error| emit_error(&function, &error))
}

/// Expands `scenarios!`.
pub(crate) fn scenarios(arguments: TokenStream) -> TokenStream {
    let tests = ScenariosArguments::parse(arguments).and_then(|arguments| {
        let file = FeatureFile::read(&arguments.path)?;
        Ok(expand::scenarios(arguments.library.as_ref(), &file))
    });
    tests.unwrap_or_else(|error| error.to_compile_error())
}

/// Expands `#[param]`.
pub(crate) fn param(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let parsed: Item = match syn::parse2(item.clone()) {
        Ok(parsed) => parsed,
        Err(error) => return error.to_compile_error(),
    };
    let attribute = ParamAttribute::parse(arguments.clone());
    match parsed {
        Item::Fn(function) => {
            let attribute = match error_in_impl("param").map_or(attribute, Err) {
                Ok(attribute) => attribute,
                Err(error) => return emit_error(&function, &error),
            };
            match expand::param_on_function(&attribute, &function) {
                Ok(declared) => quote!(#function #declared),
                Err(error) => {
                    let error = emit_error(&function, &error);
                    let made = expand::made_by(&function);
                    let stand_in = made.map(|made| expand::param_stand_in(&attribute, &made));
                    quote!(#error #stand_in)
                }
            }
        }
        // The variants that exist are known to a derive only.
        Item::Enum(ref parsed) if depends_on_cfg(parsed) => {
            let library = attribute.ok().and_then(|attribute| attribute.library);
            let library = library.unwrap_or_else(|| quote!(::harmony_bdd));
            quote!(#[derive(#library::macro_support::ParamEnum)] #[__param(#arguments)] #item)
        }
        Item::Enum(_) | Item::Struct(_) => {
            let declared = attribute
                .and_then(|attribute| Ok(param_on_type(&attribute, &syn::parse2(item)?)))
                .unwrap_or_else(|error| error.to_compile_error());
            let item = step_arg_derive::without_texts(parsed);
            quote!(#item #declared)
        }
        _ => emit_wrong_item(
            item,
            "`#[param]` goes on an enum, a struct or a function\n\
             help: declare a struct and implement `std::str::FromStr` for it",
        ),
    }
}

/// Expands the derive of an enum whose variants depend on `cfg`.
pub(crate) fn param_enum(item: TokenStream) -> TokenStream {
    let declared = syn::parse2(item).and_then(|input: DeriveInput| {
        let arguments = input.attrs.iter().find(|attribute| attribute.path().is_ident("__param"));
        let arguments = arguments.map(|attribute| attribute.meta.require_list()).transpose()?;
        let arguments = arguments.map_or_else(TokenStream::new, |list| list.tokens.clone());
        Ok(param_on_type(&ParamAttribute::parse(arguments)?, &input))
    });
    declared.unwrap_or_else(|error| error.to_compile_error())
}

/// Generates the declaration of an enum or a struct, or one error.
fn param_on_type(attribute: &ParamAttribute, input: &DeriveInput) -> TokenStream {
    expand::param_on_type(attribute, input).unwrap_or_else(|error| {
        let error = error.to_compile_error();
        let ty = &input.ident;
        let is_generic = !input.generics.params.is_empty();
        let stand_in = (!is_generic).then(|| expand::param_stand_in(attribute, &quote!(#ty)));
        quote!(#error #stand_in)
    })
}

fn depends_on_cfg(item: &ItemEnum) -> bool {
    item.variants
        .iter()
        .flat_map(|variant| &variant.attrs)
        .any(|attribute| attribute.path().is_ident("cfg") || attribute.path().is_ident("cfg_attr"))
}

/// Returns true if there is another step attribute below the one under expansion.
fn has_step_attribute(function: &FunctionItem) -> bool {
    function.head.attributes.iter().any(|attribute| step_keyword(attribute).is_some())
}

/// Emits the function below `#[attribute]` with its registration, or with one error.
fn on_function(
    attribute: &str,
    item: TokenStream,
    registration: impl FnOnce(&FunctionItem) -> Result<TokenStream>,
) -> TokenStream {
    let function = match FunctionItem::read(item.clone()) {
        Ok(function) => function,
        Err(error) => return emit_not_a_function(attribute, item, &error),
    };
    let registration = match error_in_impl(attribute) {
        // The attribute below reports the same mistake.
        Some(_) if has_step_attribute(&function) => Ok(TokenStream::new()),
        Some(error) => Err(error),
        None => registration(&function),
    };
    let function = function.without_markers();
    match registration {
        Ok(registration) => quote!(#function #registration),
        Err(error) => emit_error(&function, &error),
    }
}
