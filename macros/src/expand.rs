//! The registration of a function: one static that names it and says where its arguments come from.

mod argument;
mod body;
mod code;
mod fixture;
mod hook;
mod step;

pub(crate) use fixture::fixture;
pub(crate) use hook::hook;
pub(crate) use step::step;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::LitInt;
use syn::spanned::Spanned;

use crate::item::FunctionItem;
use crate::model::Function;
use body::Wrapping;
use code::{Code, braces, literal, text};

/// What makes an outcome of the value that a step or hook returns; nothing where there is none.
fn outcome(function: &Function<'_>) -> Option<Wrapping> {
    let returned = function.returns?;
    let call = TokenStream::from(body::call(function));
    let causes = causes(returned.span());
    Some(Wrapping {
        returns: "__h::Outcome",
        value: quote_spanned! { returned.span()=>
            let returned = #call;
            #causes
            __h::with_causes(__h::IntoOutcome::into_outcome(returned), causes)
        },
        of_call: false,
    })
}

/// The `causes` of the error in `returned`, two names at `span`. Only they: with that of the user's
/// tokens the references would look like the user's.
fn causes(span: Span) -> TokenStream {
    let (causes, returned) = (Ident::new("causes", span), Ident::new("returned", span));
    quote! {
        let #causes = {
            use __h::causes::*;
            (&&&Returned::of(&#returned)).causes(&#returned)
        };
    }
}

/// The fields that say where a function stands.
fn place(function: &Function<'_>) -> String {
    let name = literal(function.name.to_string().trim_start_matches("r#"));
    format!(
        "function: {name}, module: module_path!(), at: __h::SourcePlace {{ file: file!(), line: line!() }}"
    )
}

/// The number of an option, which may be missing.
fn option(number: Option<&LitInt>) -> String {
    // Without the suffix that it may have: the field says its type.
    number.map_or_else(|| "None".to_owned(), |number| format!("Some({})", number.base10_digits()))
}

/// A value for the inventory, in a scope where its names meet nobody else's, with what has to be
/// declared for it.
fn registration(declarations: Code, value: Code) -> TokenStream {
    let scope = text("use ::harmony_bdd::macro_support as __h;")
        .then(declarations)
        .then(braces("__h::inventory::submit!", value));
    braces("const _: () =", scope).then(text(";")).into()
}

/// The function, and its registration below it.
pub(crate) fn below(function: &FunctionItem, registration: TokenStream) -> TokenStream {
    let mut tokens = function.to_token_stream();
    tokens.extend(registration);
    tokens
}
